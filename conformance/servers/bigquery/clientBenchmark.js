// How long Google's own client takes for a statement: node clientBenchmark.js ENDPOINT TOKEN STATEMENT. For each line on its standard input it
// runs the statement once and prints {"rows", "milliseconds"}.
import readline from 'node:readline';
import { BigQuery } from '@google-cloud/bigquery';
import { OAuth2Client } from 'google-auth-library';

const [apiEndpoint, token, query] = process.argv.slice(2);
const authClient = new OAuth2Client();
authClient.setCredentials({ access_token: token });
const client = new BigQuery({ projectId: 'p', location: 'EU', apiEndpoint, authClient });
for await (const _ of readline.createInterface({ input: process.stdin })) {
  const start = process.hrtime.bigint();
  const [rows] = await client.query({ query });
  console.log(JSON.stringify({ rows: rows.length, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 }));
}
process.exit(0);
