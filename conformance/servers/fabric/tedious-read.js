// Reads one statement with tedious, several times, and prints rows and milliseconds of each as a line of JSON: the other side of the benchmark.
import { readFile } from 'node:fs/promises';
import tedious from 'tedious';

const [port, certificate, times, statement] = process.argv.slice(2);
const connection = new tedious.Connection({
  server: 'localhost',
  authentication: { type: 'default', options: { userName: 'reader', password: 'Reader-of-wh-1' } },
  options: {
    port: Number(port), database: 'wh', encrypt: 'strict', tdsVersion: '8_0', serverName: 'localhost', packetSize: 32767, requestTimeout: 0,
    cryptoCredentialsDetails: { ca: await readFile(certificate, 'utf8') },
  },
});
await new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
for (let i = 0; i < Number(times); i++) {
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
