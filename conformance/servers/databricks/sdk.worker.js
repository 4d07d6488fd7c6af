// Calls of the vendor's SDK, in a process of their own: node sdk.worker.js '{"host", "warehouseId", "credentials", "calls"}'.
import { WorkspaceClient, Context } from '@databricks/sdk-experimental';

const { host, warehouseId, credentials, calls } = JSON.parse(process.argv[2]);
const client = new WorkspaceClient({ host, authType: credentials.token ? 'pat' : 'oauth-m2m', ...credentials });
await client.config.ensureResolved();
// It drops the port of a host that is resolved.
client.config.host = host;
const answers = [];
for (const { method, request, ofFirst } of calls) {
  const whole = { ...request, ...(method === 'executeStatement' ? { warehouse_id: warehouseId } : {}), ...(ofFirst ? { statement_id: answers[0].statement_id } : {}) };
  answers.push((await client.statementExecution[method](whole, new Context())) ?? null);
}
process.stdout.write(JSON.stringify(answers));
