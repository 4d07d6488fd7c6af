// How long tedious takes for a statement: node tedious-read.js PORT CERTIFICATE STATEMENT. For each line on its standard input it runs the statement once and
// prints {"rows", "milliseconds"}.
import { readFile } from 'node:fs/promises';
import readline from 'node:readline';
import tedious from 'tedious';

const [port, certificate, statement] = process.argv.slice(2);
const connection = new tedious.Connection({
  server: 'localhost',
  authentication: { type: 'default', options: { userName: 'reader', password: 'Reader-of-wh-1' } },
  options: {
    port: Number(port), database: 'wh', encrypt: 'strict', tdsVersion: '8_0', serverName: 'localhost', packetSize: 32767, requestTimeout: 0,
    cryptoCredentialsDetails: { ca: await readFile(certificate, 'utf8') },
  },
});
await new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
for await (const _ of readline.createInterface({ input: process.stdin })) {
  const started = performance.now();
  const rows = await new Promise((resolve, reject) => {
    let count = 0;
    const request = new tedious.Request(statement, (error) => (error ? reject(error) : resolve(count)));
    request.on('row', (columns) => { count += columns.length > 0 ? 1 : 0; });
    connection.execSqlBatch(request);
  });
  console.log(JSON.stringify({ rows, milliseconds: performance.now() - started }));
}

connection.close();
