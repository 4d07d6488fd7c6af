// Finds a Spark and holds on to the one server of the machine.
import net from 'node:net';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, unlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';

/** SPARK_HOME, else what the shared material beside the repository installs; undefined where there is neither, or no Java. */
export function findSpark() {
  try { execFileSync(process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java', ['-version'], { stdio: 'ignore' }); } catch { return undefined; }
  if (process.env.SPARK_HOME) return existsSync(join(process.env.SPARK_HOME, 'jars')) ? process.env.SPARK_HOME : undefined;
  const install = fileURLToPath(new URL('../../../../../shared/spark/install', import.meta.url));
  return existsSync(install) ? execFileSync(install, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() : undefined;
}

/** {address, release}: the server is there until everybody has released it. */
export async function holdSpark(home) {
  const name = createHash('sha256').update(`${home}\0${userInfo().username}\0${fileURLToPath(import.meta.url)}`).digest('hex').slice(0, 16);
  const path = join(tmpdir(), `fedseg-spark-${name}.sock`);
  const patience = Date.now() + 180_000;
  while (Date.now() < patience) {
    const held = await connect(path);
    if (held) return held;
    // Nobody listens: what a keeper that was killed left behind is in the way of the next.
    try { unlinkSync(path); } catch { /* not there */ }
    spawn(process.execPath, [fileURLToPath(new URL('./keeper.js', import.meta.url)), home, path], { detached: true, stdio: 'ignore' }).unref();
    for (let i = 0; i < 50 && !existsSync(path); i++) await sleep(100);
  }
  throw new Error(`Spark (${home}) does not start.`);
}

function connect(path) {
  return new Promise((resolve) => {
    const socket = net.connect(path);
    let line = '';
    socket.on('data', (part) => {
      line += part;
      if (!line.includes('\n')) return;
      socket.unref();
      resolve({ address: `127.0.0.1:${line.trim()}`, release: () => socket.destroy() });
    });
    socket.on('error', () => resolve(undefined));
    socket.on('close', () => resolve(undefined));
  });
}
