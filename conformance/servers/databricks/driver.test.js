// The vendor's driver, @databricks/sql, against this server.
import test, { before, after, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { start, withDriver, fetchAll } from './harness.js';

let server;
before(async () => {
  server = await start();
  await server.control('tables', [
    {
      database: 'ml', schema: 'scores', name: 'all types',
      columns: [
        ['b', 'BOOLEAN'], ['i8', 'TINYINT'], ['i16', 'SMALLINT'], ['i32', 'INT'], ['i64', 'BIGINT'], ['f', 'FLOAT'], ['d', 'DOUBLE'], ['dec', 'DECIMAL(38,10)'],
        ['s', 'STRING'], ['bin', 'BINARY'], ['day', 'DATE'], ['at', 'TIMESTAMP'], ['clock', 'TIMESTAMP_NTZ'],
      ].map(([name, type]) => ({ name, type })),
      rows: [
        ['true', '-128', '-32768', '-2147483648', '-9007199254740991', '1.5', '-1e300', '-1234567890123456789012345678.0123456789', "it's a \\ ü\n`", '00ff', '2024-02-29', '2024-01-02 03:04:05.123456+00', '1999-12-31 23:59:59.999999'],
        Array(13).fill(null),
      ],
    },
    { database: 'ml', schema: 'scores', name: 'many', columns: [{ name: 'n', type: 'BIGINT' }, { name: 't', type: 'STRING' }], rows: Array.from({ length: 5000 }, (_, i) => [String(i), `text ${i}`]) },
    { database: 'ml', schema: 'scores', name: 'none', columns: [{ name: 'n', type: 'BIGINT' }], rows: [] },
  ]);
});
after(() => server.close());
beforeEach(() => server.control('reset', {}));

test('The driver reads every type exactly', async () => {
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT * FROM ml.scores.`all types` ORDER BY i64 NULLS LAST'));
  assert.equal(rows.length, 2);
  const [row] = rows;
  assert.equal(row.b, true);
  assert.equal(row.i8, -128);
  assert.equal(row.i16, -32768);
  assert.equal(row.i32, -2147483648);
  // The driver makes a number of it: what it cannot hold is compared in arrow.test.js.
  assert.equal(row.i64, -9007199254740991);
  assert.equal(row.f, 1.5);
  assert.equal(row.d, -1e300);
  assert.equal(row.s, "it's a \\ ü\n`");
  assert.deepEqual([...row.bin], [0, 255]);
  assert.equal(new Date(row.at).toISOString(), '2024-01-02T03:04:05.123Z');
  assert.equal(new Date(row.day).toISOString().slice(0, 10), '2024-02-29');
  assert.ok(Object.values(rows[1]).every((value) => value === null || value === undefined));
});

test('An empty result has no rows', async () => {
  assert.deepEqual(await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.none')), []);
});

for (const lz4 of ['frames', 'frame']) {
  test(`The driver reads an attached result that is compressed (${lz4})`, async () => {
    await server.control('vendor', { settings: { lz4, attachmentRows: 10_000 } });
    const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many ORDER BY n'));
    assert.deepEqual(rows.map((row) => Number(row.n)), Array.from({ length: 5000 }, (_, i) => i));
    const log = await server.log();
    assert.equal(log.filter((request) => request.operation === 'link').length, 0);
  });
}

test('The driver follows links to many chunks and sends them no token', async () => {
  await server.control('vendor', { settings: { chunkRows: 700, batchRows: 300, attachmentRows: 10 } });
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n, t FROM ml.scores.many ORDER BY n'));
  assert.equal(rows.length, 5000);
  assert.equal(rows[4999].t, 'text 4999');
  const links = (await server.log()).filter((request) => request.operation === 'link');
  assert.equal(links.length, 8);
  assert.ok(links.every((request) => request.headers.authorization === undefined));
});

test('The driver asks for a new link where one has expired', async () => {
  await server.control('vendor', { settings: { chunkRows: 700, attachmentRows: 10 } });
  await server.fault({ match: { operation: 'link' }, kind: 'expire', skip: 2, times: 1 });
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many'));
  assert.equal(rows.length, 5000);
  assert.equal((await server.control('faults', undefined, 'GET')).waiting.length, 0);
});

test('The driver fetches a truncated chunk again', async () => {
  await server.control('vendor', { settings: { chunkRows: 2500, attachmentRows: 10 } });
  await server.fault({ match: { operation: 'link' }, kind: 'truncate', bytes: 1000 });
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many'));
  assert.equal(rows.length, 5000);
});

test('The driver binds named parameters', async () => {
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many WHERE n = :n AND t = :t', { namedParameters: { n: 7, t: 'text 7' } }));
  assert.deepEqual(rows.map((row) => Number(row.n)), [7]);
});

test('The driver waits for a warehouse that starts', async () => {
  await server.control('vendor', { warehouse: 'STOPPED', startMs: 300 });
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many WHERE n < 3'));
  assert.equal(rows.length, 3);
  assert.ok((await server.log()).some((request) => request.operation === 'poll'));
});

test('The driver reports what failed in the words of the warehouse', async () => {
  await assert.rejects(withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.nothing')), /TABLE_OR_VIEW_NOT_FOUND/);
  await assert.rejects(withDriver(server, (session) => fetchAll(session, 'SELECT wrong FROM ml.scores.many')), /UNRESOLVED_COLUMN/);
});

test('The driver logs in as a client of OAuth', async () => {
  const oauth = { token: undefined, authType: 'databricks-oauth', oauthClientId: 'local-client', oauthClientSecret: 'local-secret' };
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many WHERE n < 2'), oauth);
  assert.equal(rows.length, 2);
  assert.ok((await server.log()).some((request) => request.operation === 'token'));
});

test('A wrong token and a wrong secret are refused', async () => {
  await assert.rejects(withDriver(server, (session) => fetchAll(session, 'SELECT 1'), { token: 'dapi-wrong' }), /Invalid access token|auth/i);
  const oauth = { token: undefined, authType: 'databricks-oauth', oauthClientId: 'local-client', oauthClientSecret: 'wrong' };
  await assert.rejects(withDriver(server, (session) => fetchAll(session, 'SELECT 1'), oauth));
});

test('The driver tries a throttled statement again when it is told after how long', async () => {
  await server.fault({ match: { operation: 'submit' }, kind: 'throttle', headers: { 'retry-after': '1' } });
  const rows = await withDriver(server, (session) => fetchAll(session, 'SELECT n FROM ml.scores.many WHERE n < 2'));
  assert.equal(rows.length, 2);
});

test('The driver cancels', async () => {
  await server.fault({ match: { operation: 'submit' }, kind: 'slow', ms: 30_000 });
  await withDriver(server, async (session) => {
    const operation = await session.executeStatement('SELECT n FROM ml.scores.many', { runAsync: true });
    const ended = assert.rejects(operation.fetchAll());
    await operation.cancel();
    await ended;
  });
  assert.ok((await server.log()).some((request) => request.operation === 'cancel'));
});
