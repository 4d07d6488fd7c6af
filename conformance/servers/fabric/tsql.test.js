import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../common/frame.js';
import { errorOf, open, query, table } from './testing.js';

let server;
let connection;

before(async () => {
  server = await startServer('fabric', {});
  await table(server, 'T', [['id', 'bigint', false], ['s', 'varchar(20)'], ['d', 'decimal(10,2)'], ['b', 'bit'], ['at', 'datetime2(6)'], ['day', 'date'], ['f', 'float'], ['c', 'char(4)'], ['x', 'varbinary(10)']], [
    ['1', 'a', '1.50', 'true', '2024-02-29 01:02:03.123456', '2024-02-29', '0.1', 'ab', '6100'],
    ['2', 'a ', '-2.25', 'false', '0001-01-01 00:00:00', '0001-01-01', '-1.5e300', 'ab', '61'],
    ['3', 'A', null, null, null, null, null, null, null],
    ['4', null, '99999999.99', 'true', '9999-12-31 23:59:59.999999', '9999-12-31', '0', 'abcd', ''],
  ]);
  await table(server, 'lower', [['ID', 'int'], ['id', 'int']], [['1', '2']]);
  connection = await open(server);
});
after(async () => {
  connection.close();
  await server.close();
});

const ids = async (where) => (await query(connection, `SELECT t.id FROM T AS t WHERE ${where} ORDER BY t.id`)).map(([id]) => Number(id));
const one = async (expression) => (await query(connection, `SELECT ${expression} AS v`))[0][0];

test('Equality, lists, groups, distinct rows, sets and joins ignore trailing spaces, and a length tells the texts apart', async () => {
  assert.deepEqual(await ids("t.s = 'a'"), [1, 2]);
  assert.deepEqual(await ids("t.s = 'a  '"), [1, 2]);
  assert.deepEqual(await ids("t.s <> 'a'"), [3]);
  assert.deepEqual(await ids("t.s IN ('a', 'x')"), [1, 2]);
  assert.deepEqual(await ids("t.s = 'a' AND DATALENGTH(t.s) = 1"), [1]);
  assert.deepEqual(await ids("t.s = 'a ' AND DATALENGTH(t.s) = 2"), [2]);
  assert.equal((await query(connection, 'SELECT DISTINCT t.s AS s FROM T AS t')).length, 3);
  assert.equal((await query(connection, 'SELECT DISTINCT t.s AS s, DATALENGTH(t.s) AS n FROM T AS t')).length, 4);
  assert.equal((await query(connection, 'SELECT t.s AS s FROM T AS t GROUP BY t.s')).length, 3);
  assert.equal((await query(connection, '(SELECT t.s AS s FROM T AS t) UNION (SELECT t.s AS s FROM T AS t)')).length, 3);
  assert.equal((await query(connection, "(SELECT t.s AS s FROM T AS t) INTERSECT (SELECT 'a   ' AS s)")).length, 1);
  assert.equal((await query(connection, "(SELECT t.s AS s FROM T AS t) EXCEPT (SELECT 'a   ' AS s)")).length, 2);
  assert.deepEqual(await query(connection, 'SELECT COUNT_BIG(*) AS n FROM T AS t JOIN T AS u ON u.s = t.s'), [['5']]);
  assert.deepEqual(await query(connection, "SELECT COUNT_BIG(DISTINCT t.s) AS n, COUNT_BIG(DISTINCT t.s + CAST('.' AS varchar(max))) AS m FROM T AS t"), [['2', '3']]);
});

test('The greatest of texts that are all the same is that text; where control characters would decide, the order is refused', async () => {
  assert.deepEqual(await query(connection, "SELECT MAX(v.s) AS a, MIN(v.s) AS b FROM (VALUES ('x\r\ny'), ('x\r\ny'), (NULL)) AS v(s)"), [['x\r\ny', 'x\r\ny']]);
  assert.deepEqual(await query(connection, "SELECT MAX(v.s) AS a, MIN(v.s) AS b FROM (VALUES ('x'), ('xy')) AS v(s)"), [['xy', 'x']]);
  assert.equal(await errorOf(connection, "SELECT MAX(v.s) AS a FROM (VALUES ('x'), ('x\n')) AS v(s)"), 50000);
});

test('LIKE takes the blanks of a pattern seriously and forgives those behind the value', async () => {
  assert.deepEqual(await ids("t.s LIKE 'a '"), [2]);
  assert.deepEqual(await ids("t.s LIKE 'a'"), [1, 2]);
  assert.deepEqual(await ids("t.s LIKE '[aA]'"), [1, 2, 3]);
  assert.deepEqual(await ids("t.s LIKE '!a' ESCAPE '!'"), [1, 2]);
});

test('Texts compare by their bytes: letter case counts', async () => {
  assert.deepEqual(await ids("t.s = 'A'"), [3]);
  assert.equal(await errorOf(connection, "SELECT t.id FROM T AS t WHERE t.s < 'b'"), 50000);
});

test('Under the other collation letter case does not count, unless the binary one is named', async () => {
  server.handler.control({ database: { name: 'ci', collation: 'CI' } });
  await table(server, 'T', [['s', 'varchar(20)']], [['a'], ['A'], ['ä']], { database: 'ci' });
  const other = await open(server, { database: 'ci' });
  assert.equal((await query(other, "SELECT t.s AS s FROM T AS t WHERE t.s COLLATE Latin1_General_100_BIN2_UTF8 = 'a'")).length, 1);
  assert.equal(await errorOf(other, "SELECT t.s AS s FROM T AS t WHERE t.s = 'a'"), 50000, 'other letters than ASCII are refused');
  assert.equal((await query(other, "SELECT t.s AS s FROM T AS t WHERE t.s COLLATE Latin1_General_100_BIN2_UTF8 IN ('a', 'A') AND t.s COLLATE Latin1_General_100_BIN2_UTF8 <> 'x'")).length, 2);
  assert.equal(await errorOf(other, "SELECT t.s AS s FROM T AS t JOIN (SELECT u.s COLLATE Latin1_General_100_BIN2_UTF8 AS k FROM T AS u) AS v ON v.k = t.s"), 468);
  other.close();
});

test('There are no boolean values', async () => {
  assert.equal(await errorOf(connection, 'SELECT t.id FROM T AS t WHERE t.b'), 4145);
  assert.equal(await errorOf(connection, 'SELECT t.id = 1 AS v FROM T AS t'), 102);
  assert.equal(await errorOf(connection, 'SELECT t.id FROM T AS t WHERE t.b = TRUE'), 207);
  assert.equal(await errorOf(connection, 'SELECT t.id FROM T AS t WHERE (t.id = 1) IS NULL'), 102);
  assert.equal(await errorOf(connection, 'SELECT MAX(t.b) AS v FROM T AS t'), 8117);
  assert.deepEqual(await ids('t.b = CAST(1 AS bit)'), [1, 4]);
  assert.deepEqual(await ids('(CASE WHEN t.b = CAST(1 AS bit) THEN 1 ELSE 0 END = 0)'), [2, 3]);
});

test('Names are exact', async () => {
  assert.equal(await errorOf(connection, 'SELECT t.id FROM t AS t'), 208);
  assert.equal(await errorOf(connection, 'SELECT t.Id FROM T AS t'), 207);
  assert.equal(await errorOf(connection, 'SELECT u.id FROM T AS t'), 4104);
  assert.equal(await errorOf(connection, 'SELECT id FROM T AS t JOIN T AS u ON u.id = t.id'), 209);
  assert.deepEqual(await query(connection, 'SELECT l.[ID], l.[id] FROM [wh].[dbo].[lower] AS l'), [[1, 2]]);
});

test('What other dialects have and T-SQL has not is refused', async () => {
  const refused = [
    'SELECT t.id FROM T AS t LIMIT 1', 'SELECT t.id FROM T AS t ORDER BY t.id NULLS LAST LIMIT 1', 'SELECT t.id FROM T AS t WHERE t.b IS NOT TRUE',
    'SELECT t.id FROM T AS t WHERE t.s IS NOT DISTINCT FROM t.s', 'SELECT ROW_NUMBER() OVER (PARTITION BY t.id) AS n FROM T AS t', 'SELECT t.id FROM (SELECT u.id FROM T AS u ORDER BY u.id) AS t',
    'SELECT t.id, COUNT_BIG(*) AS n FROM T AS t', 'SELECT v.id FROM (SELECT 1) AS v', 'INSERT INTO T (id) VALUES (1)', 'DROP TABLE T', "SELECT STRING_AGG(t.s, ',') AS s FROM T AS t",
    'SELECT t.id FROM T AS t SEMI JOIN T AS u ON u.id = t.id', 'WITH w AS MATERIALIZED (SELECT 1 AS x) SELECT w.x FROM w', 'SELECT SUM(t.s) AS v FROM T AS t', 'SELECT t.s + t.id AS v FROM T AS t',
    "SELECT t.id FROM T AS t WHERE t.id = '1'", 'SELECT CAST(t.f AS varchar(20)) AS v FROM T AS t', 'SELECT @p AS v', "SELECT 'a", 'SELECT 1 AS a; DROP TABLE T',
  ];
  for (const sql of refused) {
    assert.notEqual(await errorOf(connection, sql), undefined, sql);
  }
});

test('Numbers are those of T-SQL', async () => {
  assert.equal(await one('7 / 2'), 3);
  assert.equal(await one('-7 / 2'), -3);
  assert.equal(await one('-7 % 2'), -1);
  assert.equal(await errorOf(connection, 'SELECT 1 / 0 AS v'), 8134);
  assert.equal(await errorOf(connection, 'SELECT 2147483647 + 1 AS v'), 8115);
  assert.equal(await one("CAST(CAST('2.9' AS decimal(5,1)) AS int)"), 2);
  assert.equal(await one('AVG(v.x) FROM (VALUES (1), (2)) AS v(x) -- '), 1);
  assert.equal(await errorOf(connection, 'SELECT SUM(v.x) AS v FROM (VALUES (2147483647), (1)) AS v(x)'), 8115);
  assert.equal(await one("CAST('-9223372036854775808' AS bigint)"), '-9223372036854775808');
  assert.equal(await errorOf(connection, "SELECT CAST('9223372036854775808' AS bigint) AS v"), 248);
  assert.equal(await errorOf(connection, "SELECT SUM(v.x) AS v FROM (VALUES (CAST('99999999999999999999999999999999999999' AS decimal(38,0))), (CAST('1' AS decimal(38,0)))) AS v(x)"), 8115);
  assert.equal(await errorOf(connection, "SELECT CAST('1' AS decimal(38,10)) * CAST('1' AS decimal(19,0)) AS v"), 50000);
});

test('Every type comes out of a table as it went in', async () => {
  const rows = await query(connection, 'SELECT t.d, t.b, t.at, t.day, t.f, t.c, t.x FROM T AS t ORDER BY t.id');
  assert.deepEqual(rows[0], [1.5, true, new Date('2024-02-29T01:02:03.123Z'), new Date('2024-02-29T00:00:00Z'), 0.1, 'ab  ', Buffer.from('6100', 'hex')]);
  assert.equal(rows[0][2].nanosecondsDelta, 0.000456);
  assert.deepEqual(rows[2], Array(7).fill(null));
  assert.deepEqual(rows[3].slice(5), ['abcd', Buffer.alloc(0)]);
});

test('NULLs sort first in ascending order and last in descending', async () => {
  assert.deepEqual((await query(connection, 'SELECT t.id FROM T AS t ORDER BY t.id DESC')).map(([id]) => Number(id)), [4, 3, 2, 1]);
  const numbered = await query(connection, 'SELECT v.id FROM (SELECT t.id AS id, ROW_NUMBER() OVER (ORDER BY CASE WHEN t.d IS NULL THEN 1 ELSE 0 END, t.d DESC) AS n FROM T AS t) AS v WHERE v.n = 1');
  assert.deepEqual(numbered, [['4']]);
  assert.deepEqual(await query(connection, 'SELECT TOP (1) t.d AS d FROM T AS t ORDER BY t.d'), [[null]]);
});

test('A backslash at the end of a line continues a string', async () => {
  assert.equal(await one("'a\\\nb'"), 'ab');
  assert.equal(await one("'a\\b'"), 'a\\b');
});

test('The catalogue views show tables and columns, not beside tables of users', async () => {
  const rows = await query(connection, "SELECT c.COLUMN_NAME AS n, c.DATA_TYPE AS t, c.CHARACTER_MAXIMUM_LENGTH AS l FROM INFORMATION_SCHEMA.COLUMNS AS c WHERE c.TABLE_NAME = 'T' ORDER BY c.ORDINAL_POSITION");
  assert.deepEqual(rows[1], ['s', 'varchar', 20]);
  assert.equal(await errorOf(connection, 'SELECT t.id FROM T AS t CROSS JOIN INFORMATION_SCHEMA.TABLES AS u'), 15816);
  assert.equal(await errorOf(connection, 'SELECT t.x FROM sys.no_such_view AS t'), 208);
});

test('A table that may not be read is refused by name', async () => {
  await table(server, 'secret', [['id', 'int']], [['1']]);
  server.handler.control({ deny: { name: 'secret' } });
  await assert.rejects(query(connection, 'SELECT s.id FROM secret AS s'), /SELECT permission was denied on the object 'secret'/);
});

test('Types that a table of a warehouse cannot have are refused', async () => {
  for (const type of ['nvarchar(10)', 'money', 'datetime', 'tinyint', 'datetimeoffset', 'xml', 'datetime2(7)']) {
    await assert.rejects(table(server, 'Bad', [['x', type]], []), /not supported|not honour|not a defined/, type);
  }
});

test('OPENJSON gives the rows of arrays of texts in the types of its columns, and says what does not fit', async () => {
  const json = (rows) => `OPENJSON(N'${JSON.stringify(rows).replaceAll("'", "''")}') WITH (a bigint '$[0]', b varchar(max) '$[1]', c decimal(38,10) '$[2]', d date '$[3]') AS k`;
  const odd = 'a\'"\\\n😀 ';
  const rows = await query(connection, `SELECT k.a AS a, k.b AS b, DATALENGTH(k.b) AS n, CAST(k.c AS varchar(60)) AS c, CAST(k.d AS varchar(10)) AS d FROM ${json([['-9223372036854775808', odd, '-9999999999999999999999999999.9999999999', '0001-01-01']])}`);
  assert.deepEqual(rows.map((row) => row.map(String)), [['-9223372036854775808', odd, String(Buffer.byteLength(odd)), '-9999999999999999999999999999.9999999999', '0001-01-01']]);
  assert.deepEqual(await ids(`EXISTS (SELECT 1 AS found FROM ${json([['1', '', '0', '2024-02-29'], ['4', '', '0', '2024-02-29']])} WHERE k.a = t.id)`), [1, 4]);
  for (const [row, number] of [[['9223372036854775808', '', '0', '2024-02-29'], 248], [['x', '', '0', '2024-02-29'], 245]]) {
    assert.equal(await errorOf(connection, `SELECT k.a AS a FROM ${json([row])}`), number);
  }
  assert.equal(await errorOf(connection, "SELECT k.a AS a FROM OPENJSON(N'[') WITH (a bigint '$[0]') AS k"), 13609);
  assert.ok(await errorOf(connection, "SELECT k.[key] AS a FROM OPENJSON(N'[1]') AS k"));
});

test('Tables are made, filled and dropped in a scratch schema; elsewhere the database is read-only', async () => {
  assert.equal(await errorOf(connection, 'CREATE TABLE [scratch].[k] ([c0] bigint)'), 3906);
  assert.equal(await errorOf(connection, 'DROP TABLE [dbo].[T]'), 3906);
  server.handler.control({ scratch: { schema: 'scratch' } });
  await query(connection, 'CREATE TABLE [scratch].[k] ([c0] bigint, [c1] varchar(max), [c2] decimal(38,10))');
  await query(connection, "INSERT INTO [scratch].[k] ([c0], [c1], [c2])\nSELECT k.[c0] AS [c0], k.[c1] AS [c1], k.[c2] AS [c2] FROM OPENJSON(N'[[\"1\",\"a''\",\"0.5\"]]') WITH (c0 bigint '$[0]', c1 varchar(max) '$[1]', c2 decimal(38,10) '$[2]') AS k");
  assert.deepEqual((await query(connection, 'SELECT k.c0 AS a, k.c1 AS b, k.c2 AS c FROM scratch.k AS k')).map((row) => row.map(String)), [['1', "a'", '0.5']]);
  assert.equal(await errorOf(connection, 'CREATE TABLE [scratch].[k] ([c0] bigint)'), 2714);
  await query(connection, 'DROP TABLE IF EXISTS [scratch].[k]');
  await query(connection, 'DROP TABLE IF EXISTS [scratch].[k]');
  assert.equal(await errorOf(connection, 'DROP TABLE [scratch].[k]'), 3701);
  assert.equal(await errorOf(connection, 'SELECT k.c0 AS a FROM scratch.k AS k'), 208);
});
