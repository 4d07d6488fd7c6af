// Keeps one Spark Connect server for all processes of a machine that want it: node keeper.js SPARK_HOME SOCKET
// Whoever connects to the socket is told the port in one line, and has the server for as long as it stays connected. When the last one has gone
// for a while, the server ends.
import net from 'node:net';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [home, socketPath] = process.argv.slice(2);
const graceMs = 15_000;
const clients = new Set();
let port;
let timer;

const work = mkdtempSync(join(tmpdir(), 'fedseg-spark-'));
const modules = ['java.base/java.lang', 'java.base/java.lang.invoke', 'java.base/java.lang.reflect', 'java.base/java.io', 'java.base/java.net', 'java.base/java.nio', 'java.base/java.util',
  'java.base/java.util.concurrent', 'java.base/java.util.concurrent.atomic', 'java.base/jdk.internal.ref', 'java.base/sun.nio.ch', 'java.base/sun.nio.cs', 'java.base/sun.security.action',
  'java.base/sun.util.calendar', 'java.security.jgss/sun.security.krb5'];
const settings = {
  'spark.master': 'local[2]', 'spark.app.name': 'servers', 'spark.ui.enabled': 'false', 'spark.connect.grpc.binding.address': '127.0.0.1', 'spark.connect.grpc.binding.port': '0',
  'spark.driver.host': '127.0.0.1', 'spark.driver.bindAddress': '127.0.0.1', 'spark.local.dir': work, 'spark.sql.warehouse.dir': join(work, 'warehouse'),
  'spark.sql.catalogImplementation': 'in-memory', 'spark.sql.shuffle.partitions': '2', 'spark.sql.session.timeZone': 'UTC',
};

const server = net.createServer((client) => {
  clearTimeout(timer);
  clients.add(client);
  client.on('error', () => {});
  client.on('close', () => { clients.delete(client); if (clients.size === 0) timer = setTimeout(end, graceMs); });
  if (port) client.write(`${port}\n`);
});
server.on('error', () => process.exit(3)); // Somebody else keeps it.
server.listen(socketPath, start);
timer = setTimeout(end, 60_000);

let spark;
function start() {
  const own = join(home, 'bin', 'connect-server');
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  spark = existsSync(own)
    ? spawn(own, ['0', '-Dspark.sql.shuffle.partitions=2', '-Dspark.sql.session.timeZone=UTC'], { env: { ...process.env, SPARK_WORK_DIR: work, SPARK_MEMORY: '1500m' }, stdio: ['ignore', 'ignore', 'pipe'] })
    : spawn(java, ['-Xmx1500m', '-XX:+IgnoreUnrecognizedVMOptions', ...modules.map((name) => `--add-opens=${name}=ALL-UNNAMED`), ...Object.entries(settings).map(([name, value]) => `-D${name}=${value}`),
      '-cp', join(home, 'jars', '*'), 'org.apache.spark.sql.connect.service.SparkConnectServer'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  spark.stderr.on('data', (part) => {
    if (port) return;
    log = (log + part).slice(-20_000);
    const found = /Spark Connect server started at: \S*?:(\d+)/.exec(log);
    if (!found) return;
    port = Number(found[1]);
    for (const client of clients) client.write(`${port}\n`);
  });
  spark.on('exit', () => { for (const client of clients) client.destroy(); finish(); });
}

function end() {
  server.close();
  if (spark && spark.exitCode === null) spark.kill('SIGTERM'); else finish();
}

function finish() {
  try { unlinkSync(socketPath); } catch { /* gone with the listener */ }
  rmSync(work, { recursive: true, force: true });
  process.exit(0);
}
process.on('SIGTERM', end);
