// The vendor's SDK, @databricks/sdk-experimental, against this server, over TLS: it knows nothing else.
import test, { before, after, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { start, warehouseId } from './harness.js';

let server;
let folder;
before(async () => {
  server = await start();
  folder = await mkdtemp(join(tmpdir(), 'fedseg-sdk-'));
  await writeFile(join(folder, 'ca.crt'), server.certificate);
  await server.control('tables', {
    database: 'ml', schema: 'scores', name: 't',
    columns: [{ name: 'n', type: 'BIGINT' }, { name: 'd', type: 'DECIMAL(38,2)' }, { name: 'f', type: 'DOUBLE' }, { name: 'at', type: 'TIMESTAMP' }, { name: 'x', type: 'BINARY' }, { name: 'day', type: 'DATE' }],
    rows: [['9223372036854775807', '123456789012345678901234567890123456.78', '1e7', '2024-01-02 03:04:05.123456+00', '00ff', '0001-01-01'], [null, null, null, null, null, null]],
  });
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => server.control('reset', {}));

// The certificate that a process trusts is read when it starts.
function sdk(calls, credentials = { token: 'dapi-local-token' }) {
  const script = fileURLToPath(new URL('./sdk.worker.js', import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify({ host: `https://localhost:${server.port}`, warehouseId, credentials, calls })], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.crt'), NODE_TEST_CONTEXT: undefined },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (part) => { output += part; });
  child.stderr.on('data', (part) => { errors += part; });
  return new Promise((resolve, reject) => child.on('close', (code) => (code === 0 ? resolve(JSON.parse(output)) : reject(new Error(errors)))));
}

test('The SDK reads cells as the service writes them', async () => {
  const [answer] = await sdk([{ method: 'executeStatement', request: { statement: 'SELECT * FROM ml.scores.t ORDER BY n NULLS LAST', wait_timeout: '30s' } }]);
  assert.equal(answer.status.state, 'SUCCEEDED');
  assert.deepEqual(answer.result.data_array, [
    ['9223372036854775807', '123456789012345678901234567890123456.78', '1.0E7', '2024-01-02T03:04:05.123Z', 'AP8=', '0001-01-01'],
    [null, null, null, null, null, null],
  ]);
  assert.deepEqual(answer.manifest.schema.columns.map((column) => column.type_name), ['LONG', 'DECIMAL', 'DOUBLE', 'TIMESTAMP', 'BINARY', 'DATE']);
});

test('The SDK binds, polls, reads chunks and cancels', async () => {
  await server.control('vendor', { settings: { chunkRows: 1 } });
  const [first, polled, chunk] = await sdk([
    { method: 'executeStatement', request: { statement: 'SELECT n FROM ml.scores.t WHERE n = :n OR n IS NULL ORDER BY n NULLS LAST', parameters: [{ name: 'n', value: '9223372036854775807', type: 'BIGINT' }], wait_timeout: '30s' } },
    { method: 'getStatement', request: {}, ofFirst: true },
    { method: 'getStatementResultChunkN', request: { chunk_index: 1 }, ofFirst: true },
    { method: 'cancelExecution', request: {}, ofFirst: true },
  ]);
  assert.equal(first.result.next_chunk_index, 1);
  assert.deepEqual(polled.result.data_array, [['9223372036854775807']]);
  assert.deepEqual(chunk.data_array, [[null]]);
});

test('The SDK logs in as a client of OAuth and repeats what was throttled', async () => {
  await server.fault({ match: { operation: 'submit' }, kind: 'throttle' });
  const [answer] = await sdk([{ method: 'executeStatement', request: { statement: 'SELECT n FROM ml.scores.t', wait_timeout: '30s' } }], { clientId: 'local-client', clientSecret: 'local-secret' });
  assert.equal(answer.manifest.total_row_count, 2);
  assert.equal((await server.log()).filter((request) => request.operation === 'submit').length, 2);
});

test('A statement that fails is an answer, not an error, to the SDK', async () => {
  const [answer] = await sdk([{ method: 'executeStatement', request: { statement: 'SELECT nothing FROM ml.scores.t', wait_timeout: '30s' } }]);
  assert.equal(answer.status.state, 'FAILED');
  assert.equal(answer.status.error.error_code, 'BAD_REQUEST');
});
