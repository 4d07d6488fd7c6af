// What the service is recorded to do where its clients do not look.
import test, { before, after, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { tableFromIPC, util } from 'apache-arrow';
import { start, warehouseId } from './harness.js';
import { tokens, textLiteral } from './lexer.js';
import { javaFloat } from './types.js';

let server;
const statements = '/api/2.0/sql/statements';
const columns = [['i64', 'BIGINT'], ['dec', 'DECIMAL(38,0)'], ['at', 'TIMESTAMP'], ['clock', 'TIMESTAMP_NTZ'], ['day', 'DATE'], ['d', 'DOUBLE'], ['s', 'STRING']].map(([name, type]) => ({ name, type }));
before(async () => {
  server = await start();
  await server.control('tables', {
    database: 'Ml', schema: 'S', name: 'T', columns, primaryKey: ['i64'],
    rows: [
      ['-9223372036854775808', `-${'9'.repeat(38)}`, '0001-01-01 00:00:00+00', '0001-01-01 00:00:00.000001', '0001-01-01', '-Infinity', ''],
      ['9223372036854775807', '9'.repeat(38), '9999-12-31 23:59:59.999999+00', '9999-12-31 23:59:59.999999', '9999-12-31', 'NaN', 'a\0b'],
    ],
  });
});
after(() => server.close());
beforeEach(() => server.control('reset', {}));
const submit = (body) => server.api('POST', statements, { warehouse_id: warehouseId, ...body });

test('Arrow holds the extremes of every type', async () => {
  const { body } = await submit({ statement: 'SELECT * FROM ml.s.t ORDER BY i64', disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' });
  const [link] = body.result.external_links;
  assert.notEqual(new URL(link.external_link).port, String(server.port), 'links lead to another origin');
  const table = tableFromIPC(new Uint8Array(await (await fetch(link.external_link)).arrayBuffer()));
  const column = (name) => table.getChild(name).data[0].values;
  assert.deepEqual([...column('i64')], [-9223372036854775808n, 9223372036854775807n]);
  assert.equal(util.bigNumToString(table.getChild('dec').get(1)), '9'.repeat(38));
  assert.deepEqual([...column('at')], [-62135596800000000n, 253402300799999999n]);
  assert.deepEqual([...column('clock')], [-62135596799999999n, 253402300799999999n]);
  assert.deepEqual([...column('day')], [-719162, 2932896]);
  assert.deepEqual([...column('d')], [-Infinity, NaN]);
  assert.deepEqual([...table.getChild('s')], ['', 'a\0b']);
  assert.equal(table.schema.fields[2].type.timezone, 'Etc/UTC');
  assert.equal(table.schema.fields[3].type.timezone ?? null, null);
});

test('A link is refused with a token, when it is old, and when it is made up', async () => {
  const { body } = await submit({ statement: 'SELECT i64 FROM ml.s.t', disposition: 'EXTERNAL_LINKS', format: 'ARROW_STREAM' });
  const url = body.result.external_links[0].external_link;
  assert.equal((await fetch(url, { headers: { authorization: 'Bearer dapi-local-token' } })).status, 400);
  assert.equal((await fetch(url.replace(/Signature=..../, 'Signature=0000'))).status, 403);
  const again = await server.api('GET', `${statements}/${body.statement_id}/result/chunks/0`);
  assert.notEqual(again.body.external_links[0].external_link, url);
  await server.control('vendor', { settings: { linkSeconds: 0 } });
  const expired = await server.api('GET', `${statements}/${body.statement_id}/result/chunks/0`);
  assert.equal((await fetch(expired.body.external_links[0].external_link)).status, 403);
});

test('Requests are refused as the service refuses them', async () => {
  const cases = [
    [{ statement: 'SELECT 1', warehouse_id: 'abc' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ statement: 'SELECT 1', warehouse_id: 'fedcba9876543210' }, 403, 'PERMISSION_DENIED'],
    [{ statement: 'SELECT 1', wait_timeout: '3s' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ statement: 'SELECT 1', wait_timeout: 'soon' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ statement: 'SELECT 1', format: 'ARROW_STREAM' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ statement: 'SELECT 1', row_limit: -1 }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ statement: 'SELECT 1', session_id: 'x', catalog: 'y' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{}, 400, 'BAD_REQUEST'],
  ];
  for (const [body, status, code] of cases) {
    const answer = await submit(body);
    assert.deepEqual([answer.status, answer.body.error_code], [status, code], JSON.stringify(body));
  }
  assert.deepEqual((await server.api('POST', statements, '{')).body.error_code, 'MALFORMED_REQUEST');
  const nobody = await server.api('POST', statements, {}, {});
  assert.deepEqual([nobody.status, nobody.body.error_code], [401, 401]);
  const wrong = await server.api('POST', statements, {}, { authorization: 'Bearer x' });
  assert.deepEqual([wrong.status, wrong.body.error_code], [403, 403]);
  assert.equal((await server.api('PUT', `${statements}/x`, {})).body.error_code, 'ENDPOINT_NOT_FOUND');
  assert.equal((await server.api('GET', '/api/2.0/sql/else')).body, '');
});

test('Statements fail with the states of the service', async () => {
  const cases = [
    ['SELECT 1; SELECT 2', '42601'], ['', '42617'], ['SELECT x FROM ml.s.nothing', '42P01'], ['SELECT x FROM ml.s.t', '42703'], ['SELECT :missing', '42P02'],
    ["SELECT CAST('x' AS INT)", '22018'], ['INSERT INTO ml.s.t VALUES (1)', '42501'], ['UPDATE ml.s.t SET i64 = 1', '0A000'], ['SELECT TRY_CAST(1 AS INT)', '0A000'], ["SELECT 'open", '42601'],
  ];
  for (const [statement, state] of cases) {
    const { status, body } = await submit({ statement });
    assert.deepEqual([status, body.status.state, body.status.sql_state], [200, 'FAILED', state], `${statement}: ${JSON.stringify(body)}`);
    assert.equal(body.status.error.error_code, 'BAD_REQUEST');
    assert.ok(body.status.error.message.endsWith(`SQLSTATE: ${state}`));
    assert.equal(body.result, undefined);
  }
});

test('An error is raised only where a row comes to it', async () => {
  const guarded = (least) => `SELECT count(*) FROM (VALUES (1), (2)) AS v(n) WHERE CASE WHEN n >= ${least} THEN TRUE ELSE CAST(raise_error('mine') AS BOOLEAN) END`;
  assert.deepEqual(await server.rows(guarded(1), { wait_timeout: '50s' }), [['2']]);
  await assert.rejects(server.rows(guarded(2), { wait_timeout: '50s' }), { sqlState: 'P0001', message: /mine/ });
});

test('Parameters are typed, and refused as the service refuses them', async () => {
  const one = async (parameter, marker = ':p') => {
    const { body } = await submit({ statement: `SELECT ${marker} AS v`, parameters: [parameter] });
    return body.status.state === 'SUCCEEDED' ? [body.manifest.schema.columns[0].type_text, body.result.data_array[0][0]] : body.status.sql_state;
  };
  assert.deepEqual(await one({ name: 'p', value: "it's \\ `${x}`\n:p ? --" }), ['STRING', "it's \\ `${x}`\n:p ? --"]);
  assert.deepEqual(await one({ name: 'p', value: '42', type: 'BIGINT' }), ['BIGINT', '42']);
  assert.deepEqual(await one({ name: 'p', value: '1.50', type: 'DECIMAL(10,2)' }), ['DECIMAL(3,2)', '1.50']);
  assert.deepEqual(await one({ value: '7', type: 'INT' }, '?'), ['INT', '7']);
  assert.deepEqual(await one({ ordinal: 1, value: '7', type: 'INT' }, '?'), ['INT', '7']);
  assert.deepEqual(await one({ name: 'p', type: 'DATE' }), ['DATE', null]);
  assert.equal(await one({ name: 'p', value: 'x', type: 'INT' }), '22023');
  assert.equal(await one({ name: 'p', value: 'AA', type: 'BINARY' }), '22023');
});

test('A limit on rows truncates and says so', async () => {
  const { body } = await submit({ statement: 'SELECT i64 FROM ml.s.t', row_limit: 1 });
  assert.deepEqual([body.manifest.total_row_count, body.manifest.truncated], [1, true]);
  const none = await submit({ statement: 'SELECT i64 FROM ml.s.t', row_limit: 0 });
  assert.deepEqual([none.body.manifest.total_row_count, none.body.manifest.truncated, none.body.result], [0, true, {}]);
});

test('The metadata show what may be seen', async () => {
  assert.deepEqual(await server.rows('SELECT column_name, full_data_type, is_nullable FROM ml.information_schema.columns WHERE table_name = \'t\' AND ordinal_position < 2 ORDER BY ordinal_position'), [['i64', 'bigint', 'YES'], ['dec', 'decimal(38,0)', 'YES']]);
  assert.deepEqual(await server.rows("SELECT k.column_name FROM system.information_schema.table_constraints c JOIN system.information_schema.key_column_usage k ON k.constraint_name = c.constraint_name WHERE c.constraint_type = 'PRIMARY KEY'"), [['i64']]);
  assert.match((await server.rows('EXPLAIN COST SELECT * FROM ml.s.t'))[0][0], /Statistics\(sizeInBytes=\d+\.\d B, rowCount=2\)/);
  await server.control('vendor', { refuse: [['ml', 's', 't']] });
  await assert.rejects(server.rows('SELECT i64 FROM ml.s.t'), { sqlState: '42501' });
  await assert.rejects(server.rows('EXPLAIN COST SELECT * FROM ml.s.t'), { sqlState: '42501' });
  await server.control('vendor', { hide: [['ml', 's', 't']] });
  await assert.rejects(server.rows('SELECT i64 FROM ml.s.t'), { sqlState: '42P01' });
  assert.deepEqual(await server.rows("SELECT table_name FROM system.information_schema.tables WHERE table_name = 't'"), []);
});

test('A wait is 0 or 5 to 50 seconds; without one the answer is pending', async () => {
  const { body } = await submit({ statement: 'SELECT i64 FROM ml.s.t', wait_timeout: '0s' });
  assert.equal(body.status.state, 'PENDING');
  for (let i = 0; i < 1000; i++) {
    const { body: polled } = await server.api('GET', `${statements}/${body.statement_id}`);
    if (polled.status.state === 'SUCCEEDED') return;
    assert.match(polled.status.state, /PENDING|RUNNING/);
  }
  assert.fail('It never ended.');
});

test('Cancelling is quiet for whatever there is', async () => {
  assert.deepEqual((await server.api('POST', `${statements}/unknown/cancel`)).body, {});
  await server.fault({ match: { operation: 'submit' }, kind: 'slow' });
  const { body } = await submit({ statement: 'SELECT i64 FROM ml.s.t', wait_timeout: '0s' });
  await server.api('POST', `${statements}/${body.statement_id}/cancel`);
  const { body: after } = await server.api('GET', `${statements}/${body.statement_id}`);
  assert.deepEqual(after.status, { state: 'CANCELED' });
});

test('What is written as a text literal is read as the same text', () => {
  for (const text of ["it's", 'a\\', '\\', "''", 'a\nb', '\0', '%_\\%', '${x}', '--', '/*', ':x', '?', 'ü😀']) {
    const [token, ...more] = tokens(textLiteral(text));
    assert.deepEqual([token.kind, token.value, more.length], ['text', text, 0], JSON.stringify(text));
  }
});

test('Markers are found where values stand and nowhere else', () => {
  const found = tokens("SELECT :a, ':b', `:c`, x::INT, v:field, /* :d /* :e */ */ ? -- :f\n + :g").filter((token) => token.kind === 'parameter').map((token) => token.value);
  assert.deepEqual(found, ['a', '', 'g']);
});

test('Floats are written as Java writes them', () => {
  const cases = [[1e7, '1.0E7'], [16777216, '1.6777216E7'], [5e-324, '4.9E-324'], [0.001, '0.001'], [0.0001, '1.0E-4'], [123456.75, '123456.75'], [-0, '0.0'], [NaN, 'NaN'], [-Infinity, '-Infinity'], [1.5, '1.5'], [100, '100.0']];
  for (const [value, text] of cases) assert.equal(javaFloat(value, false), text);
  assert.equal(javaFloat(Math.fround(0.1), true), '0.1');
});

test('Arrays of texts become rows by explode and from_json, and other JSON is refused', async () => {
  const keys = [['-9223372036854775808', 'a\'"\\\n😀${x}'], ['9223372036854775807', '']];
  const statement = "SELECT CAST(k.`one`[0] AS BIGINT) AS n, k.`one`[1] AS t FROM (SELECT explode(from_json(:keys, 'array<array<string>>')) AS one) AS k ORDER BY n";
  const rows = (value) => server.rows(statement, { parameters: [{ name: 'keys', type: 'STRING', value }] });
  assert.deepEqual(await rows(JSON.stringify(keys)), keys);
  await assert.rejects(rows('[[1]]'));
  await assert.rejects(server.rows("SELECT from_json('{}', 'a int') AS x"));
});

test('Tables are made, filled and dropped in a scratch schema, and nowhere else', async () => {
  await assert.rejects(server.rows('CREATE TABLE `ml`.`scratch`.`k` (`c0` BIGINT)'), { sqlState: '42501' });
  await server.control('vendor', { scratch: ['ml', 'scratch'] });
  await server.rows('CREATE TABLE `ml`.`scratch`.`k` (`c0` BIGINT, `c1` STRING, `c2` DECIMAL(38,10), `c3` DATE)');
  const insert = "INSERT INTO `ml`.`scratch`.`k` (`c0`, `c1`, `c2`, `c3`)\nSELECT CAST(k.`one`[0] AS BIGINT) AS `c0`, k.`one`[1] AS `c1`, CAST(k.`one`[2] AS DECIMAL(38,10)) AS `c2`, CAST(k.`one`[3] AS DATE) AS `c3` FROM (SELECT explode(from_json(:keys, 'array<array<string>>')) AS one) AS k";
  assert.deepEqual(await server.rows(insert, { parameters: [{ name: 'keys', type: 'STRING', value: '[["1","a\'","0.5","0001-01-01"]]' }] }), [['1', '1']]);
  assert.deepEqual(await server.rows('SELECT * FROM ml.scratch.k'), [['1', 'a\'', '0.5000000000', '0001-01-01']]);
  await assert.rejects(server.rows('CREATE TABLE ml.scratch.k (c0 BIGINT)'), { sqlState: '42P07' });
  await server.rows('DROP TABLE IF EXISTS ml.scratch.k');
  await server.rows('DROP TABLE IF EXISTS ml.scratch.k');
  await assert.rejects(server.rows('DROP TABLE ml.scratch.k'), { sqlState: '42P01' });
  await assert.rejects(server.rows('DROP TABLE ml.s.t'), { sqlState: '42501' });
});
