// The engine behind the protocol where there is a Spark: real Spark SQL, and only its answers.
import test, { before, after } from 'node:test';
import assert from 'node:assert/strict';
import { start } from './harness.js';
import { findSpark } from './spark/shared.js';

const skip = findSpark() ? false : 'There is no Spark: set SPARK_HOME and install Java 17.';
let server;
before(async () => {
  if (skip) return;
  server = await start({ engine: 'spark' });
  await server.control('tables', {
    database: 'Ml', schema: 'S', name: 'T "1"',
    columns: [['b', 'BOOLEAN'], ['i8', 'TINYINT'], ['i16', 'SMALLINT'], ['i32', 'INT'], ['i64', 'BIGINT'], ['f', 'FLOAT'], ['d', 'DOUBLE'], ['dec', 'DECIMAL(38,10)'], ['s', 'STRING'], ['x', 'BINARY'], ['day', 'DATE'], ['at', 'TIMESTAMP'], ['clock', 'TIMESTAMP_NTZ']]
      .map(([name, type]) => ({ name, type })),
    rows: [
      ['true', '-128', '-32768', '-2147483648', '-9223372036854775808', '1.5', '-Infinity', `-${'9'.repeat(28)}.${'9'.repeat(10)}`, 'a\0\'\\é', '00ff', '0001-01-01', '0001-01-01 00:00:00.000001+00', '9999-12-31 23:59:59.999999'],
      Array(13).fill(null),
      ['false', '127', '32767', '2147483647', '9223372036854775807', '-0.5', 'NaN', '0.0000000001', '', '', '9999-12-31', '9999-12-31 23:59:59.999999+00', '0001-01-01 00:00:00'],
    ],
  });
  await server.control('tables', { database: 'ml', schema: 's', name: 'lower', columns: [{ name: 't', type: 'STRING COLLATE UTF8_LCASE' }], rows: [['a'], ['A'], ['b']] });
});
after(() => server?.close());
const rows = (statement) => server.rows(statement, { wait_timeout: '50s' });

test('Spark is what answers', { skip }, () => assert.equal(server.engine, 'Apache Spark'));

test('Every type goes into Spark and comes out exactly', { skip }, async () => {
  const [first, second, third] = await rows('SELECT b, i8, i16, i32, i64, f, d, dec, s, x, day, CAST(at AS STRING), CAST(clock AS STRING) FROM ml.s.`t "1"` ORDER BY i64 NULLS LAST');
  assert.deepEqual(first, ['true', '-128', '-32768', '-2147483648', '-9223372036854775808', '1.5', '-Infinity', `-${'9'.repeat(28)}.${'9'.repeat(10)}`, 'a\0\'\\é', 'AP8=', '0001-01-01', '0001-01-01 00:00:00.000001', '9999-12-31 23:59:59.999999']);
  assert.deepEqual(second, ['false', '127', '32767', '2147483647', '9223372036854775807', '-0.5', 'NaN', '0.0000000001', '', '', '9999-12-31', '9999-12-31 23:59:59.999999', '0001-01-01 00:00:00']);
  assert.deepEqual(third, Array(13).fill(null));
});

test('A column keeps its collation', { skip }, async () => {
  assert.deepEqual(await rows("SELECT count(*) FROM ml.s.lower WHERE t = 'a'"), [['2']]);
  assert.deepEqual(await rows("SELECT count(*) FROM ml.s.lower WHERE (t COLLATE UTF8_BINARY) = 'a'"), [['1']]);
});

test('Errors have the state and the class of Spark', { skip }, async () => {
  await assert.rejects(rows('SELECT nope FROM ml.s.lower'), { sqlState: '42703' });
  await assert.rejects(rows("SELECT CAST('x' AS INT)"), { sqlState: '22018' });
  await assert.rejects(rows('SELECT 1 / 0'), { sqlState: '22012' });
  await assert.rejects(rows("SELECT raise_error('mine')"), { sqlState: 'P0001', message: /mine/ });
});

test('Names are found in joins, common tables and below IS DISTINCT FROM', { skip }, async () => {
  assert.deepEqual(await rows('WITH `c` AS (SELECT t FROM ml.s.lower) SELECT count(*) FROM `c` LEFT SEMI JOIN ml.s.lower AS l ON l.t IS NOT DISTINCT FROM `c`.t'), [['3']]);
});
