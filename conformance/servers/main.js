// Starts one warehouse's server: node main.js VENDOR [--port N] [--certificate FILE] [--option value]...
// When it listens it prints one line of JSON: {"vendor","port","ready",...}. It ends on SIGTERM and when its standard input closes, so
// that it never outlives the process that started it; --stay keeps it running without a standard input.
import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { startServer } from './common/frame.js';

const [vendor, ...rest] = process.argv.slice(2);
const options = {};
for (let i = 0; i < rest.length; i++) {
  const match = /^--([a-z-]+)(?:=(.*))?$/s.exec(rest[i]);
  if (!match) throw new Error(`Unknown argument ${rest[i]}.`);
  const next = rest[i + 1];
  options[match[1]] = match[2] ?? (next !== undefined && !next.startsWith('--') ? rest[++i] : true);
}

const module = fileURLToPath(new URL(`./${vendor}/server.js`, import.meta.url));
if (!/^[a-z]+$/.test(vendor ?? '') || !existsSync(module)) {
  console.error(`usage: node main.js VENDOR [--port N]; there is no server for ${JSON.stringify(vendor ?? '')}.`);
  process.exit(2);
}

const server = await startServer(vendor, options);
if (typeof options.certificate === 'string') await writeFile(options.certificate, server.certificate);

let ending;
const end = () => (ending ??= server.close().then(() => process.exit(0), (error) => { console.error(error); process.exit(1); }));
process.on('SIGTERM', end);
process.on('SIGINT', end);
if (!options.stay) {
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}

console.log(JSON.stringify({ vendor, port: server.port, ...server.ready }));
