import test from 'node:test';
import assert from 'node:assert/strict';
import { tableFromIPC, util } from 'apache-arrow';
import { Faults } from './faults.js';
import { DuckDbEngine, SqlError } from './duckdb.js';
import { encodeRows, unscaledOf } from './arrow.js';
import { toDuckDb } from './translate.js';
import { makeCertificate } from './certificate.js';
import { X509Certificate } from 'node:crypto';

const request = (operation, body = '') => ({ method: 'POST', path: '/x', operation, text: () => body });

test('A fault skips, hits as often as it says, and is gone', () => {
  const faults = new Faults();
  faults.add({ match: { operation: 'poll' }, kind: 'status', skip: 1, times: 2 });
  assert.deepEqual(['poll', 'submit', 'poll', 'poll', 'poll'].map((name) => faults.take(request(name)).length), [0, 0, 1, 1, 0]);
  assert.deepEqual(faults.waiting(), []);
});

test('An unknown kind of fault is refused', () => {
  assert.throws(() => new Faults().add({ kind: 'explode' }), /Unknown kind/);
});

test('Every kind of value comes back from the engine as it went in, and through Arrow', async () => {
  const engine = await DuckDbEngine.open();
  const columns = [
    ['b', 'BOOLEAN'], ['i8', 'TINYINT'], ['i16', 'SMALLINT'], ['i32', 'INTEGER'], ['i64', 'BIGINT'], ['d', 'DECIMAL(38,10)'], ['f', 'DOUBLE'],
    ['t', 'VARCHAR'], ['x', 'BLOB'], ['day', 'DATE'], ['at', 'TIMESTAMP'], ['tz', 'TIMESTAMPTZ'],
  ].map(([name, type]) => ({ name, type }));
  const rows = [
    [true, -128, -32768, -2147483648, '-9223372036854775808', '-1234567890123456789012345678.0123456789', '-Infinity', 'a\0b\'"\\ ü', '00ff', '0001-01-01', '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999+00'],
    Array(12).fill(null),
    [false, 127, 32767, 2147483647, '9223372036854775807', '0.0000000001', 'NaN', '\ufeffx', '', '9999-12-31', '9999-12-31 23:59:59.999999', '1969-12-31 23:59:59.999999+00'],
  ];
  await engine.createTable({ catalog: 'My Catalog', schema: 's"x', name: 't.1', columns, rows });
  const { columns: types, data, rowCount } = await engine.query('SELECT * FROM "t.1"', { use: ['My Catalog', 's"x'] }).result;
  assert.equal(rowCount, 3);
  assert.deepEqual(data.map((column) => column[0]), [
    true, -128n, -32768n, -2147483648n, -9223372036854775808n, '-1234567890123456789012345678.0123456789', -Infinity, 'a\0b\'"\\ ü', Buffer.from([0, 255]), -719162n, -62135596800000000n, 253402300799999999n,
  ]);
  assert.ok(data.every((column) => column[1] === null));
  const table = tableFromIPC(encodeRows(types, data, 0, 3, { batchRows: 2 }));
  assert.equal(table.batches.length, 2);
  assert.equal(table.getChild('i64').get(2), 9223372036854775807n);
  assert.equal(table.getChild('t').get(0), 'a\0b\'"\\ ü');
  assert.equal(data[7][2], '\ufeffx');
  assert.equal(table.getChild('d').get(1), null);
  assert.equal(util.bigNumToString(table.getChild('d').get(0)).replace(/^-?/, ''), '12345678901234567890123456780123456789');
  assert.deepEqual([...table.getChild('x').get(0)], [0, 255]);
  assert.equal(encodeRows(types, data, 0, 0).length > 100, true, 'no rows are a stream with a schema');
  engine.close();
});

test('A query that is cancelled ends', async () => {
  const engine = await DuckDbEngine.open();
  const query = engine.query('SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3');
  const ended = assert.rejects(query.result, SqlError);
  // Once is enough, whether it runs by then or not.
  query.cancel();
  await ended;
  const running = engine.query('SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 3');
  setTimeout(() => running.cancel(), 1);
  await assert.rejects(running.result, SqlError);
  engine.close();
});

test('Unscaled digits of decimals', () => {
  assert.equal(unscaledOf('-0.05', 2), -5n);
  assert.equal(unscaledOf('7', 3), 7000n);
  assert.throws(() => unscaledOf('1.234', 2));
});

test('Names and text are translated as they are meant', () => {
  assert.equal(toDuckDb("SELECT `a``b` FROM `c`.`d`.`e f` WHERE x = 'it\\'s'", 'databricks'), `SELECT "a\`b" FROM "c"."d"."e f" WHERE x = 'it''s'`);
  assert.throws(() => toDuckDb('SELECT 1; SELECT 2', 'databricks'), SqlError);
});

test('The certificate is valid for the loopback names and signs itself', () => {
  const certificate = new X509Certificate(makeCertificate().certificate);
  assert.equal(certificate.checkHost('localhost'), 'localhost');
  assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.ok(certificate.verify(certificate.publicKey));
});
