// Google's own clients against this server: @google-cloud/bigquery for the REST API, @google-cloud/bigquery-storage for the Storage Read API.
import assert from 'node:assert/strict';
import { createSign } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { BigQuery } from '@google-cloud/bigquery';
import { v1 as storage } from '@google-cloud/bigquery-storage';
import { OAuth2Client } from 'google-auth-library';
import grpc from '@grpc/grpc-js';
import { RecordBatchReader } from 'apache-arrow';
import { startServer } from '../common/frame.js';

let server;
let client;

const control = async (name, body) => {
  const answer = await fetch(`http://127.0.0.1:${server.port}/__control/${name}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const json = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(json));
  return json;
};
const table = (name, columns, rows, more = {}) => control('tables', { database: 'p', schema: 'shop', name, columns: columns.map(([column, type]) => ({ name: column, type })), rows, ...more });
const fault = (kind, operation, more = {}) => control('faults', { kind, match: { operation }, ...more });
const rowsOf = async (query, options = {}) => (await client.query({ query, ...options }))[0];

async function signIn(options = {}) {
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: (await control('vendor', { do: 'token' })).access_token });
  return new BigQuery({ projectId: 'p', location: 'EU', apiEndpoint: `http://127.0.0.1:${server.port}`, authClient, ...options });
}

before(async () => { server = await startServer('bigquery'); });
after(async () => { await server.close(); });
beforeEach(async () => {
  await control('reset', { tables: true });
  client = await signIn();
});

test('every type comes as it was stored', async () => {
  await table('types', [['i', 'INT64'], ['f', 'FLOAT64'], ['b', 'BOOL'], ['s', 'STRING'], ['x', 'BYTES'], ['d', 'DATE'], ['dt', 'DATETIME'], ['t', 'TIME'], ['ts', 'TIMESTAMP'], ['n', 'NUMERIC'], ['bn', 'BIGNUMERIC']], [
    ['-9223372036854775808', '-1.5', 'true', 'a\u0000é😀\n', '00ff', '0001-01-01', '0001-01-01T00:00:00', '00:00:00', '0001-01-01T00:00:00Z', '-99999999999999999999999999999.999999999', '-0.00000000000000000000000000000000000001'],
    ['9223372036854775807', '1.7976931348623157e308', 'false', '', '', '9999-12-31', '9999-12-31T23:59:59.999999', '23:59:59.999999', '9999-12-31T23:59:59.999999Z', '0.000000001', '99999999999999999999999999999999999999'],
    Array(11).fill(null)]);
  const [least, greatest, none] = await rowsOf('SELECT * FROM shop.types ORDER BY i NULLS LAST', { wrapIntegers: true });
  assert.equal(least.i.value, '-9223372036854775808');
  assert.equal(least.f, -1.5);
  assert.equal(least.s, 'a\u0000é😀\n');
  assert.deepEqual(least.x, Buffer.from([0, 255]));
  assert.equal(least.d.value, '0001-01-01');
  assert.equal(least.dt.value, '0001-01-01T00:00:00');
  assert.equal(least.n.toFixed(), '-99999999999999999999999999999.999999999');
  assert.equal(least.bn.toFixed(), '-0.00000000000000000000000000000000000001');
  assert.equal(greatest.i.value, '9223372036854775807');
  assert.equal(greatest.f, Number.MAX_VALUE);
  assert.equal(greatest.b, false);
  assert.equal(greatest.dt.value, '9999-12-31T23:59:59.999999');
  assert.equal(greatest.t.value, '23:59:59.999999');
  assert.equal(greatest.bn.toFixed(), '99999999999999999999999999999999999999');
  assert.deepEqual(Object.values(none), Array(11).fill(null));
});

test('special floats and instants to the microsecond', async () => {
  const [row] = await rowsOf("SELECT CAST('NaN' AS FLOAT64) AS a, CAST('-inf' AS FLOAT64) AS b, TIMESTAMP '2026-01-31 13:05:00.000001+00' AS c");
  assert.ok(Number.isNaN(row.a));
  assert.equal(row.b, -Infinity);
  assert.equal(row.c.value, '2026-01-31T13:05:00.000001000Z');
});

test('parameters, named and positional, scalars, arrays and structs', async () => {
  client = await signIn({ autoRetry: false });
  await table('numbers', [['n', 'INT64']], [[1], [2], [3]]);
  assert.deepEqual(await rowsOf('SELECT n FROM shop.numbers WHERE n IN UNNEST(@wanted) AND n > @least ORDER BY n', { params: { wanted: [1, 3], least: 1 } }), [{ n: 3 }]);
  assert.deepEqual(await rowsOf('SELECT ? AS a, ? AS b', { params: ['x', true] }), [{ a: 'x', b: true }]);
  assert.deepEqual(await rowsOf('SELECT @s.a AS a', { params: { s: { a: 5 } } }), [{ a: 5 }]);
  assert.deepEqual(await rowsOf('SELECT @x AS x', { params: { x: null }, types: { x: 'STRING' } }), [{ x: null }]);
});

test('a table by each of its names, and no other spelling', async () => {
  await table('Names', [['n', 'INT64']], [[1]]);
  for (const name of ['shop.Names', 'p.shop.Names', '`p.shop.Names`', '`p`.`shop`.`Names`', '`shop.Names`']) {
    assert.deepEqual(await rowsOf(`SELECT Names.N FROM ${name}`), [{ N: 1 }], name);
  }

  assert.deepEqual(await rowsOf('SELECT n FROM Names', { defaultDataset: { projectId: 'p', datasetId: 'shop' } }), [{ n: 1 }]);
  await assert.rejects(rowsOf('SELECT n FROM shop.names'), { code: 404, message: /Not found: Table p:shop\.names was not found in location EU/ });
  await assert.rejects(rowsOf('SELECT n FROM other.Names'), { code: 404, message: /Not found: Dataset p:other/ });
});

test('two tables of one name in two datasets are told apart', async () => {
  await table('t', [['n', 'INT64']], [[1]]);
  await control('tables', { database: 'p', schema: 'other', name: 't', columns: [{ name: 'n', type: 'INT64' }], rows: [[2]] });
  assert.deepEqual(await rowsOf('WITH w AS (SELECT n FROM shop.t) SELECT w.n AS a, t.n AS b FROM w CROSS JOIN other.t'), [{ a: 1, b: 2 }]);
});

test('a slow job is waited for, and its rows come in pages', async () => {
  await table('many', [['n', 'INT64']], Array.from({ length: 2500 }, (_, i) => [i]));
  await control('vendor', { do: 'behaviour', jobDelayMs: 300 });
  const [job] = await client.createQueryJob({ query: 'SELECT n FROM shop.many ORDER BY n', jobTimeoutMs: 60000 });
  const rows = [];
  for (let options = { maxResults: 700, autoPaginate: false }; options;) {
    const [page, next] = await job.getQueryResults(options);
    rows.push(...page);
    options = next;
  }

  assert.equal(rows.length, 2500);
  assert.equal(rows[2499].n, 2499);
  const { requests } = await control('log');
  assert.equal(requests.filter((request) => request.operation === 'jobs.getQueryResults').length >= 4, true);
});

test('a dry run says what would be read, and runs nothing', async () => {
  await table('t', [['n', 'INT64'], ['s', 'STRING']], [[1, 'abc'], [2, 'de']]);
  const [job] = await client.createQueryJob({ query: 'SELECT n FROM shop.t', dryRun: true });
  assert.equal(job.metadata.statistics.totalBytesProcessed, '16');
  assert.equal((await control('vendor', { do: 'state' })).executions, 0);
});

test('a query over its limit of bytes is refused before it runs', async () => {
  await table('t', [['n', 'INT64']], [[1]]);
  await assert.rejects(rowsOf('SELECT n FROM shop.t', { maximumBytesBilled: '1000' }), /exceeded limit for bytes billed: 1000\. 10485760 or higher/);
  assert.equal((await control('vendor', { do: 'state' })).executions, 0);
});

test('a job is cancelled', async () => {
  await control('vendor', { do: 'behaviour', jobDelayMs: 60000 });
  const [job] = await client.createQueryJob({ query: 'SELECT 1 AS x' });
  await job.cancel();
  const [metadata] = await job.getMetadata();
  assert.equal(metadata.status.state, 'DONE');
  assert.equal(metadata.status.errorResult.reason, 'stopped');
});

test('a second job of the same id is refused', async () => {
  const [job] = await client.createQueryJob({ query: 'SELECT 1 AS x', jobId: 'mine' });
  assert.equal(job.id, 'mine');
  await assert.rejects(client.createQueryJob({ query: 'SELECT 1 AS x', jobId: 'mine' }), { code: 409 });
});

test('what is no query is refused with the place in BigQuery\'s words', async () => {
  await table('t', [['n', 'INT64']], [[1]]);
  await assert.rejects(rowsOf('SELECT nope FROM shop.t'), { code: 400, message: 'Unrecognized name: nope at [1:8]' });
  await assert.rejects(rowsOf('DELETE FROM shop.t WHERE true'), { code: 400 });
  await assert.rejects(rowsOf('SELECT 1; SELECT 2'), { code: 400 });
  await assert.rejects(rowsOf('SELECT 1 AS x', { useLegacySql: true }), { code: 400, message: /Legacy SQL/ });
  await assert.rejects(rowsOf('SELECT n AS a, n AS A FROM shop.t'), { code: 400, message: /Duplicate column names/ });
  await assert.rejects(rowsOf('SELECT 1/0 AS x'), { message: /division by zero/ });
});

test('conditions within conditions, forty deep', async () => {
  await table('one', [['id', 'INT64']], [['1'], ['2']]);
  let query = 'SELECT id FROM shop.one';
  for (let i = 0; i < 40; i++) query = `SELECT id FROM (${query}) AS x${i} WHERE EXISTS (SELECT 1 FROM shop.one AS y WHERE y.id = x${i}.id)`;
  assert.deepEqual((await rowsOf(query)).map(({ id }) => id).sort(), [1, 2]);
});

test('what the evaluator cannot do is refused, never guessed', async () => {
  client = await signIn({ autoRetry: false });
  await table('t', [['n', 'INT64']], [[1]]);
  for (const sql of ['SELECT APPROX_COUNT_DISTINCT(n) AS x FROM shop.t', 'SELECT * FROM shop.INFORMATION_SCHEMA.PARTITIONS']) {
    await assert.rejects(rowsOf(sql), { code: 501, message: /does not support/ }, sql);
  }
});

test('datasets and tables are listed in pages, and described', async () => {
  await table('a', [['id', 'INT64'], ['amount', 'NUMERIC(12, 2)'], ['name', 'STRING(20)']], [[1, '2.50', 'x']], { primaryKey: ['id'] });
  await table('b', [['a_id', 'INT64']], [], { foreignKeys: [{ table: 'a', columns: ['a_id'], referenced: ['id'] }] });
  assert.deepEqual((await client.getDatasets())[0].map((dataset) => dataset.id), ['shop']);
  const [first, next] = await client.dataset('shop').getTables({ maxResults: 1, autoPaginate: false });
  const [second, none] = await client.dataset('shop').getTables(next);
  assert.deepEqual([...first, ...second].map((one) => one.id), ['a', 'b']);
  assert.equal(none, null);
  const [metadata] = await client.dataset('shop').table('a').getMetadata();
  assert.deepEqual(metadata.schema.fields[1], { name: 'amount', type: 'NUMERIC', mode: 'NULLABLE', precision: '12', scale: '2' });
  assert.deepEqual(metadata.tableConstraints.primaryKey.columns, ['id']);
  assert.equal(metadata.numRows, '1');
  assert.deepEqual((await client.dataset('shop').table('a').getRows())[0].map((row) => row.name), ['x']);
  await assert.rejects(client.dataset('shop').table('missing').getMetadata(), { code: 404 });
});

test('a dataset describes itself in views', async () => {
  await table('a', [['id', 'INT64'], ['amount', 'NUMERIC(12, 2)'], ['name', 'STRING(20)'], ['tags', 'ARRAY<STRING>']], [[1, '2.50', 'x', null]], { primaryKey: ['id'] });
  await table('b', [['a_id', 'INT64']], [], { foreignKeys: [{ table: 'a', columns: ['a_id'], referenced: ['id'] }] });
  assert.deepEqual(
    (await rowsOf("SELECT column_name, data_type FROM shop.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 'a' ORDER BY ordinal_position")).map((row) => Object.values(row)),
    [['id', 'INT64'], ['amount', 'NUMERIC(12, 2)'], ['name', 'STRING(20)'], ['tags', 'ARRAY<STRING>']]);
  assert.deepEqual(
    (await rowsOf('SELECT constraint_name, column_name, position_in_unique_constraint FROM `p`.shop.INFORMATION_SCHEMA.KEY_COLUMN_USAGE ORDER BY 1')).map((row) => Object.values(row)),
    [['a.pk$', 'id', null], ['b.fk0', 'a_id', 1]]);
  assert.deepEqual((await rowsOf('SELECT table_id, row_count, type FROM shop.__TABLES__ ORDER BY 1')).map((row) => Object.values(row)), [['a', 1, 1], ['b', 0, 1]]);
});

test('without a valid token nothing is answered, and a refused token is asked for once more', async () => {
  await control('vendor', { do: 'expire' });
  await assert.rejects(rowsOf('SELECT 1 AS x'), { code: 401 });
});

test('a service account signs in at the token endpoint', async () => {
  const key = await control('vendor', { do: 'key-file' });
  const ask = async (body) => {
    const answer = await fetch(key.token_uri, { method: 'POST', body: new URLSearchParams(body) });
    return { status: answer.status, ...await answer.json() };
  };
  const grant = (changes) => ask({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: sign(key, changes, key.private_key) });
  const good = await grant({});
  assert.equal(good.token_type, 'Bearer');
  assert.equal((await grant({ aud: 'https://elsewhere/' })).error, 'invalid_grant');
  assert.equal((await grant({ iss: 'nobody@example.com' })).error, 'invalid_grant');
  assert.equal((await grant({ scope: 'https://www.googleapis.com/auth/drive' })).error, 'invalid_scope');
  assert.equal((await grant({ exp: 1 })).error, 'invalid_grant');
  assert.equal((await ask({ grant_type: 'password' })).error, 'unsupported_grant_type');
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: good.access_token });
  client = new BigQuery({ projectId: 'p', location: 'EU', apiEndpoint: `http://127.0.0.1:${server.port}`, authClient });
  assert.deepEqual(await rowsOf('SELECT 1 AS x'), [{ x: 1 }]);
});

test('the client repeats what is transient, and the job runs once', async () => {
  await fault('throttle', 'jobs.query', { status: 403 });
  assert.deepEqual(await rowsOf('SELECT 1 AS x'), [{ x: 1 }]);
  assert.equal((await control('vendor', { do: 'state' })).executions, 1);
});

test('a lost answer does not run a query twice', async () => {
  await fault('loseResponse', 'jobs.insert');
  const [job] = await client.createQueryJob({ query: 'SELECT 1 AS x' }).catch(() => [null]);
  const state = await control('vendor', { do: 'state' });
  assert.equal(state.executions, 1);
  assert.ok(job === null || job.id);
});

test('the Storage Read API gives the rows of a result, in several streams', async () => {
  await table('many', [['n', 'INT64'], ['s', 'STRING'], ['d', 'NUMERIC(12, 2)']], Array.from({ length: 3500 }, (_, i) => [i, i % 7 ? `row ${i}` : null, `${i}.25`]));
  const [job] = await client.createQueryJob({ query: 'SELECT n, s, d FROM shop.many' });
  await job.getQueryResults({ maxResults: 0 });
  const [metadata] = await job.getMetadata();
  const { projectId, datasetId, tableId } = metadata.configuration.query.destinationTable;
  const reader = await storageClient();
  const [session] = await reader.createReadSession({ parent: 'projects/p', readSession: { table: `projects/${projectId}/datasets/${datasetId}/tables/${tableId}`, dataFormat: 'ARROW' }, maxStreamCount: 3 });
  assert.equal(session.streams.length, 3);
  const found = [];
  for (const { name } of session.streams) {
    const parts = [session.arrowSchema.serializedSchema];
    let declared = 0;
    for await (const answer of reader.readRows({ readStream: name, offset: 0 })) {
      parts.push(answer.arrowRecordBatch.serializedRecordBatch);
      declared += Number(answer.rowCount);
    }

    const rows = [...RecordBatchReader.from(Buffer.concat(parts))].flatMap((batch) => [...batch].map((row) => row.toJSON()));
    assert.equal(rows.length, declared);
    found.push(...rows);
  }

  found.sort((a, b) => Number(a.n - b.n));
  assert.equal(found.length, 3500);
  assert.equal(found[1].s, 'row 1');
  assert.equal(found[7].s, null);
  assert.equal(found[3499].d.toString(), '3499250000000');
  await reader.close();
});

test('the Storage Read API resumes a stream at an offset', async () => {
  await table('many', [['n', 'INT64']], Array.from({ length: 2500 }, (_, i) => [i]));
  const reader = await storageClient();
  const [session] = await reader.createReadSession({ parent: 'projects/p', readSession: { table: 'projects/p/datasets/shop/tables/many', dataFormat: 'ARROW' }, maxStreamCount: 1 });
  let rows = 0;
  for await (const answer of reader.readRows({ readStream: session.streams[0].name, offset: 2000 })) rows += Number(answer.rowCount);
  assert.equal(rows, 500);
  await assert.rejects(reader.createReadSession({ parent: 'projects/p', readSession: { table: 'projects/p/datasets/shop/tables/none', dataFormat: 'ARROW' } }), { code: grpc.status.NOT_FOUND });
  await reader.close();
});

test('canned results are given without the engine', async () => {
  await control('canned', { statement: 'SELECT canned', columns: [{ name: 'n', type: 'INT64' }, { name: 's', type: 'STRING' }], rows: [[1, 'a'], [2, null]], repeat: 3 });
  assert.deepEqual(await rowsOf('SELECT canned'), [1, 2, 1, 2, 1, 2].map((n) => ({ n, s: n === 1 ? 'a' : null })));
});

async function storageClient() {
  const { access_token: token } = await control('vendor', { do: 'token' });
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: token });
  // Credentials travel over TLS only in this client; on loopback they are put into each call by hand.
  const client = new storage.BigQueryReadClient({ apiEndpoint: '127.0.0.1', port: server.port, sslCreds: grpc.credentials.createInsecure(), projectId: 'p' });
  const headers = { otherArgs: { headers: { authorization: `Bearer ${token}` } } };
  return {
    createReadSession: (request) => client.createReadSession(request, headers),
    readRows: (request) => client.readRows(request, headers),
    close: () => client.close(),
  };
}

function sign(key, changes, pem) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: key.client_email, scope: 'https://www.googleapis.com/auth/bigquery', aud: key.token_uri, iat: now, exp: now + 3600, ...changes };
  if (claims.exp <= claims.iat) claims.iat = claims.exp - 10;
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(pem, 'base64url')}`;
}

test('tables are made, filled and dropped in a scratch dataset, and nowhere else', async () => {
  const create = "CREATE TABLE `p`.`scratch`.`k` (`c0` INT64, `c1` STRING) OPTIONS(expiration_timestamp = TIMESTAMP '2999-01-01 00:00:00+00')";
  await assert.rejects(rowsOf(create), { code: 403 });
  await control('vendor', { do: 'scratch', project: 'p', dataset: 'scratch' });
  await rowsOf(create);
  await rowsOf('INSERT INTO `p`.`scratch`.`k` (`c0`, `c1`)\nSELECT k.`c0` AS `c0`, k.`c1` AS `c1` FROM UNNEST(@keys) AS k', { params: { keys: [{ c0: 1, c1: 'a\'' }, { c0: 2, c1: 'b' }] }, types: { keys: [{ c0: 'INT64', c1: 'STRING' }] } });
  assert.deepEqual(await rowsOf('SELECT c0, c1 FROM p.scratch.k ORDER BY c0'), [{ c0: 1, c1: 'a\'' }, { c0: 2, c1: 'b' }]);
  await assert.rejects(rowsOf(create), { code: 409 });
  await rowsOf('DROP TABLE IF EXISTS `p`.`scratch`.`k`');
  await rowsOf('DROP TABLE IF EXISTS `p`.`scratch`.`k`');
  await assert.rejects(rowsOf('DROP TABLE `p`.`scratch`.`k`'), { code: 404 });
  await rowsOf(create.replace('2999', '2001'));
  await assert.rejects(rowsOf('SELECT c0 FROM p.scratch.k'), { code: 404 }, 'it has expired');
  await assert.rejects(rowsOf('CREATE TABLE `p`.`scratch`.`k` AS SELECT 1 AS x'));
});
