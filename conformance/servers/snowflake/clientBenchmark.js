// How long the vendor's own client takes for a statement: node clientBenchmark.js ENDPOINT STATEMENT. For each line on its standard input it
// runs the statement once and prints {"rows", "milliseconds"}.
import readline from 'node:readline';
import snowflake from 'snowflake-sdk';
import { defaults } from './auth.js';

const [endpoint, sqlText] = process.argv.slice(2);
process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = '1';
snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });
const connection = snowflake.createConnection({ account: defaults.account, accessUrl: endpoint, username: defaults.user, password: defaults.password });
await new Promise((resolve, reject) => { connection.connect((error) => (error ? reject(error) : resolve())); });
for await (const _ of readline.createInterface({ input: process.stdin })) {
  const start = process.hrtime.bigint();
  const rows = await new Promise((resolve, reject) => { connection.execute({ sqlText, complete: (error, __, all) => (error ? reject(error) : resolve(all.length)) }); });
  console.log(JSON.stringify({ rows, milliseconds: Number(process.hrtime.bigint() - start) / 1e6 }));
}
process.exit(0);
