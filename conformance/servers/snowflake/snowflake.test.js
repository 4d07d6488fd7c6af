import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { generateKeyPairSync, createHash, createPublicKey, sign, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import http from 'node:http';
import { readFileSync } from 'node:fs';
import snowflake from 'snowflake-sdk';
import { startServer } from '../common/frame.js';
import { wrongInAnswer } from './description.js';

process.env.SF_TELEMETRY_DISABLE_CONNECTION_SHAPE = '1';
snowflake.configure({ logLevel: 'OFF', additionalLogToConsole: false });

let server;
let base;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });

before(async () => {
  server = await startServer('snowflake', { port: 0 });
  base = `http://127.0.0.1:${server.port}`;
  await control('vendor', { user: { name: 'KEYS', publicKey, roles: ['ANALYST'] } });
  await control('tables', {
    database: 'DB', schema: 'PUBLIC', name: 'EXTREMES',
    columns: [['I', 'INT'], ['N', 'NUMBER(38,10)'], ['F', 'FLOAT'], ['T', 'VARCHAR'], ['B', 'BOOLEAN'], ['D', 'DATE'], ['TM', 'TIME'], ['NTZ', 'TIMESTAMP_NTZ'], ['LTZ', 'TIMESTAMP_LTZ'], ['X', 'BINARY']].map(([name, type]) => ({ name, type })),
    rows: [
      ['-99999999999999999999999999999999999999', '-9999999999999999999999999999.9999999999', '-Infinity', '', false, '0001-01-01', '00:00:00', '0001-01-01 00:00:00', '0001-01-01 00:00:00+00', ''],
      ['99999999999999999999999999999999999999', '0.0000000001', '1.7976931348623157e308', 'ü"\\\n𝄞', true, '9999-12-31', '23:59:59.999999', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00', '00ff'],
      ['0', '0', '-0.5', ' trailing ', true, '1969-12-31', '12:30:00.5', '1969-12-31 23:59:59.5', '1969-12-31 23:59:59.999999+00', 'ab'],
      Array(10).fill(null),
    ],
    primaryKey: ['I'],
  });
  await control('tables', { database: 'DB', schema: 'PUBLIC', name: 'MANY', columns: [{ name: 'I', type: 'INT' }, { name: 'lower', type: 'VARCHAR' }], rows: Array.from({ length: 12_000 }, (_, i) => [String(i), `text ${i}`]) });
});

after(() => server.close());

async function control(name, body) {
  const answer = await fetch(`${base}/__control/${name}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(text));
  return text;
}

function connect(options = {}) {
  const connection = snowflake.createConnection({ account: 'LOCAL', accessUrl: base, username: 'TESTER', password: 'warehouse-1', database: 'DB', schema: 'PUBLIC', ...options });
  return new Promise((resolve, reject) => { connection.connect((error, connected) => (error ? reject(error) : resolve(connected))); });
}

function execute(connection, sqlText, options = {}) {
  return new Promise((resolve, reject) => { connection.execute({ sqlText, ...options, complete: (error, statement, rows) => (error ? reject(error) : resolve({ statement, rows })) }); });
}

// A request to the SQL API as a client of its own would send it. Raw: nothing is expanded unasked.
function api(method, path, { body, token = 'pat-local-1', type = 'PROGRAMMATIC_ACCESS_TOKEN', headers = {} } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${base}${path}`, {
      method,
      headers: { 'User-Agent': 'test/1', Accept: 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(type ? { 'X-Snowflake-Authorization-Token-Type': type } : {}), ...(body !== undefined ? { 'Content-Type': 'application/json' } : {}), ...headers },
    }, async (response) => {
      const parts = [];
      for await (const part of response) parts.push(part);
      let bytes = Buffer.concat(parts);
      if (response.headers['content-encoding'] === 'gzip') bytes = gunzipSync(bytes);
      const answer = { status: response.statusCode, headers: response.headers, text: bytes.toString(), get json() { return JSON.parse(this.text); } };
      const operation = path.includes('partition=') ? 'partition' : method === 'GET' ? 'poll' : path.endsWith('/cancel') ? 'cancel' : 'submit';
      const wrong = wrongInAnswer(operation, answer.status, answer.json);
      if (wrong) reject(new Error(`Not as the SQL API describes it: ${wrong} (${operation}, ${answer.status}, ${answer.text.slice(0, 300)})`));
      else resolve(answer);
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const submit = (statement, { query = '', ...rest } = {}, options = {}) => api('POST', `/api/v2/statements${query}`, { body: { statement, database: 'DB', schema: 'PUBLIC', ...rest }, ...options });

async function poll(handle) {
  for (;;) {
    const answer = await api('GET', `/api/v2/statements/${handle}`);
    if (answer.status !== 202) return answer;
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
}

function jwt({ user = 'KEYS', key = privateKey, account = 'LOCAL', lifetime = 600, issued = Math.floor(Date.now() / 1000) } = {}) {
  const fingerprint = createHash('sha256').update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' })).digest('base64');
  const parts = [{ alg: 'RS256', typ: 'JWT' }, { iss: `${account}.${user}.SHA256:${fingerprint}`, sub: `${account}.${user}`, iat: issued, exp: issued + lifetime }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return `${parts.join('.')}.${sign('sha256', Buffer.from(parts.join('.')), key).toString('base64url')}`;
}

test('The vendor\'s client logs in with a password, a key pair and a token', async () => {
  for (const options of [{}, { username: 'KEYS', password: undefined, authenticator: 'SNOWFLAKE_JWT', privateKey: privateKey.trim() }, { password: undefined, authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'pat-local-1' }]) {
    const { rows } = await execute(await connect(options), 'SELECT 1 AS "x", \'a\' AS Y');
    assert.deepEqual(rows, [{ x: 1, Y: 'a' }]);
  }
});

test('A wrong password is refused as the vendor\'s client expects it', async () => {
  await assert.rejects(connect({ password: 'wrong' }), (error) => error.code === '390100' || error.code === 390100);
});

test('Every type\'s extremes are the same through the drivers\' protocol and the SQL API', async () => {
  const sql = 'SELECT * FROM EXTREMES ORDER BY I NULLS LAST';
  const connection = await connect();
  const { statement, rows } = await execute(connection, sql, { fetchAsString: ['Boolean', 'Number', 'Date', 'JSON', 'Buffer'], representNullAsStringNull: false });
  const answer = (await submit(sql)).json;
  const driverTypes = statement.getColumns().map((column) => column.getType());
  assert.deepEqual(answer.resultSetMetaData.rowType.map((column) => column.type), driverTypes.map((type) => type.toLowerCase()));
  assert.deepEqual(rows.map((row) => [row.I, row.N, row.T, row.X].map((text) => (text === 'NULL' ? null : text))), answer.data.map((row) => [row[0], row[1], row[3], row[9]]));
  assert.deepEqual(answer.data[0].slice(0, 2), ['-99999999999999999999999999999999999999', '-9999999999999999999999999999.9999999999']);
  assert.deepEqual(answer.data.map((row) => row[2]), ['-inf', '-0.5', '1.7976931348623157e+308', null]);
  assert.deepEqual(rows.map((row) => (row.B === null || row.B === 'NULL' ? null : row.B.toLowerCase())), answer.data.map((row) => row[4]));
  // The driver turns times into dates of its own; what both say must be the same instant.
  const typed = (await execute(connection, sql)).rows;
  typed.forEach((row, i) => {
    const cells = answer.data[i];
    assert.equal(row.D === null ? null : String(row.D.getTime() / 86_400_000), cells[5]);
    for (const [name, c] of [['NTZ', 7], ['LTZ', 8]]) assert.equal(row[name] === null ? null : Math.floor(row[name].getTime() / 1000), cells[c] === null ? null : Math.floor(Number(cells[c].split('.')[0]) - (cells[c].startsWith('-') && !/\.0+$/.test(cells[c]) ? 1 : 0)));
    // The vendor's client knows no infinity.
    assert.equal(row.F === null ? null : String(row.F), cells[2] === '-inf' ? 'NaN' : cells[2]);
  });
  assert.deepEqual(answer.data[2].slice(5, 9), ['2932896', '86399.999999000', '253402300799.999999000', '253402300799.999999000']);
  assert.deepEqual(answer.data[1].slice(5, 9), ['-1', '45000.500000000', '-0.500000000', '-0.000001000']);
});

test('Large results come in chunks to the one and in growing partitions to the other', async () => {
  const sql = 'SELECT I, "lower" FROM MANY ORDER BY I';
  const { rows } = await execute(await connect(), sql);
  assert.equal(rows.length, 12_000);
  assert.deepEqual(rows[11_999], { I: 11_999, lower: 'text 11999' });
  const first = await submit(sql);
  const { resultSetMetaData, statementHandle, data } = first.json;
  assert.deepEqual(resultSetMetaData.partitionInfo.map((part) => part.rowCount), [500, 1000, 2000, 4000, 4500]);
  assert.equal(resultSetMetaData.numRows, 12_000);
  assert.equal('compressedSize' in resultSetMetaData.partitionInfo[0], false);
  const all = [...data];
  for (let i = 1; i < 5; i++) {
    const part = await api('GET', `/api/v2/statements/${statementHandle}?partition=${i}`);
    assert.equal(part.headers['content-encoding'], 'gzip', 'compressed though nobody asked');
    assert.deepEqual(Object.keys(part.json), ['data']);
    all.push(...part.json.data);
  }
  assert.deepEqual(all.map((row) => Number(row[0])), rows.map((row) => row.I));
  const beyond = await api('GET', `/api/v2/statements/${statementHandle}?partition=5`);
  assert.deepEqual([beyond.status, beyond.json.code], [400, '391922']);
  assert.match(first.headers.link, /partition=4>; rel="last"/);
});

// Members that an exchange does not name may be whatever they are; lists have as many elements as it names.
function assertHas(actual, expected, where) {
  if (Array.isArray(expected)) {
    assert.equal(actual?.length, expected.length, where);
    expected.forEach((item, i) => assertHas(actual[i], item, `${where}[${i}]`));
  } else if (expected !== null && typeof expected === 'object') {
    for (const [name, value] of Object.entries(expected)) assertHas(actual?.[name], value, `${where}.${name}`);
  } else {
    assert.equal(actual, expected, where);
  }
}

const exchanges = JSON.parse(readFileSync(new URL('./exchanges.json', import.meta.url)));
for (const { name, request: { method, path = '', query = '', place = { database: 'DB', schema: 'PUBLIC' }, body, ...options }, answer: { status, members, body: expected = {} } } of exchanges) {
  test(`As documented: ${name}`, async () => {
    const answer = await api(method, `/api/v2/statements${path}${query}`, { body: body && { ...body, ...place }, ...options });
    assert.equal(answer.status, status, answer.text);
    assertHas(answer.json, expected, 'the body');
    if (members) assert.deepEqual(Object.keys(answer.json), members);
  });
}

test('What the description does not know is refused', async () => {
  for (const body of [{ statement: 'SELECT 1', statment: 'x' }, { statement: 1 }, { statement: 'SELECT 1', timeout: '10' }, { statement: 'SELECT 1', bindings: { 1: 'x' } }, {}]) {
    assert.equal((await api('POST', '/api/v2/statements', { body })).status, 400, JSON.stringify(body));
  }
  assert.match(wrongInAnswer('poll', 200, { data: [[1]] }), /resultSetMetaData.*must be string/);
  assert.match(wrongInAnswer('submit', 418, {}), /418/);
});

test('An expired address of a chunk is fetched again by the vendor\'s client', async () => {
  await control('faults', { match: { operation: 'chunk' }, kind: 'expire' });
  const { rows } = await execute(await connect(), 'SELECT I FROM MANY');
  assert.equal(rows.length, 12_000);
  assert.deepEqual((await control('faults')).waiting, []);
});

test('An expired session is renewed by the vendor\'s client', async () => {
  const connection = await connect();
  await control('faults', { match: { operation: 'query' }, kind: 'expire' });
  assert.equal((await execute(connection, 'SELECT 1 AS X')).rows[0].X, 1);
});

test('Bound values come back as they went in, in both protocols', async () => {
  const { rows } = await execute(await connect(), 'SELECT ? AS A, ? AS B, :3 AS C', { binds: [1.5, 'a\'\\b\n?', true] });
  assert.deepEqual(rows, [{ A: 1.5, B: 'a\'\\b\n?', C: true }]);
  const bindings = { 1: { type: 'FIXED', value: '12345678901234567890.12' }, 2: { type: 'DATE', value: '-86400000' }, 3: { type: 'TIMESTAMP_NTZ', value: '-500000000' }, 4: { type: 'BINARY', value: '00Ff' }, 5: { type: 'TEXT', value: null }, 6: { type: 'REAL', value: 'NaN' }, 7: { type: 'BOOLEAN', value: 'false' } };
  const answer = await submit('SELECT ?, ?, ?, ?, ?, ?, ?', { bindings });
  assert.deepEqual(answer.json.data, [['12345678901234567890.12', '-1', '-0.500000000', '00FF', null, 'NaN', 'false']], answer.text);
  for (const [bind, code] of [[{ type: 'VARIANT', value: '{}' }, '002040'], [{ type: 'FIXED', value: 'x' }, '002086'], [{ type: 'REAL', value: 'inf' }, '002086']]) {
    const refused = await submit('SELECT ?', { bindings: { 1: bind } });
    assert.deepEqual([refused.status, refused.json.code], [422, code]);
  }
  assert.equal((await submit('SELECT ?')).json.code, '002049');
});

test('Unquoted names are upper case, quoted names are what they are', async () => {
  assert.equal((await submit('SELECT i FROM many WHERE "I" = 0')).json.data[0][0], '0');
  for (const sql of ['SELECT "i" FROM MANY', 'SELECT lower FROM MANY', 'SELECT "LOWER" FROM MANY']) {
    const refused = await submit(sql);
    assert.deepEqual([refused.status, refused.json.code], [422, '000904'], refused.text);
  }
  assert.equal((await submit('SELECT 1 FROM "many"')).json.code, '002003');
});

test('Text literals follow the rules of backslashes', async () => {
  assert.deepEqual((await submit(String.raw`SELECT 'a\\b', 'it''s \'x\'', '\x41\u00fc\101', $$\raw'$$, '' -- ? ' "`)).json.data[0], ['a\\b', "it's 'x'", 'AüA', "\\raw'", '']);
});

test('A list has at most 16,384 expressions', async () => {
  const list = (n) => Array.from({ length: n }, (_, i) => i).join(', ');
  assert.equal((await submit(`SELECT COUNT(*) FROM MANY WHERE I IN (${list(16_384)})`)).json.data[0][0], '12000');
  const refused = await submit(`SELECT COUNT(*) FROM MANY WHERE I IN (${list(16_385)})`);
  assert.deepEqual([refused.status, refused.json.code], [422, '001795']);
});

test('Values in a list of rows have Snowflake\'s types and names', async () => {
  const sql = `SELECT COUNT(*) FROM MANY AS M WHERE STARTSWITH(M."lower", 'text 1') AND EXISTS (SELECT 1 FROM (VALUES (CAST('10' AS NUMBER(38,0)), CAST('NaN' AS FLOAT), CAST('2026-01-01 00:00:00' AS TIMESTAMP_NTZ)),
    (CAST('1' AS NUMBER(38,0)), CAST('0.1' AS FLOAT), CAST('2026-01-02 00:00:00.5' AS TIMESTAMP_NTZ))) AS V("k", "F", "at") WHERE V."k" = M.I AND V."F" <> CAST('0.100000001' AS FLOAT))`;
  const answer = await submit(sql);
  assert.deepEqual(answer.json.data, [['2']], answer.text);
});

test('Times add and fall into parts as Snowflake has them, however deep they stand', async () => {
  const answer = await submit(`SELECT DATEADD(MONTH, 1, D), DATEADD(MICROSECOND, -86400000001, NTZ), CAST(CONVERT_TIMEZONE('UTC', LTZ) AS TIMESTAMP_NTZ), NTZ = CAST(NTZ AS TIMESTAMP_NTZ(6)) FROM EXTREMES
    WHERE EXISTS (SELECT 1 FROM EXTREMES AS E WHERE DAYOFWEEKISO(E.D) = 3 AND DAY(CAST(CONVERT_TIMEZONE('UTC', E.LTZ) AS TIMESTAMP_NTZ)) = 31 AND DATEADD(MONTH, -1, E.D) < E.D AND ENDSWITH(E.T, 'trailing ') AND E.I = EXTREMES.I)`);
  assert.deepEqual(answer.json.data, [['2592000.000000000', '-86400.500001000', '-0.000001000', 'true']], answer.text);
});

test('What the engine would answer otherwise is refused', async () => {
  for (const sql of ['SELECT 1 / 3', 'SELECT AVG(I) FROM MANY', 'SELECT CURRENT_DATE', 'SELECT \'a\' LIKE \'A\'', 'UPDATE MANY SET I = 1', 'SELECT I % 2 FROM MANY']) {
    assert.equal((await submit(sql)).json.code, '000002', sql);
  }
  for (const sql of ['BEGIN', 'USE DATABASE DB', 'ALTER SESSION SET TIMEZONE = \'UTC\'']) assert.equal((await submit(sql)).json.code, '391911');
  assert.equal((await submit('SELECT 1; SELECT 2')).json.code, '000008');
  assert.equal((await submit('')).status, 400);
});

test('An asynchronous statement is polled, and the same request is not run twice', async () => {
  const id = randomUUID();
  const query = `?async=true&requestId=${id}`;
  const accepted = await submit('SELECT COUNT(*) FROM MANY', { query });
  assert.deepEqual([accepted.status, accepted.json.code], [202, '333334']);
  const again = await submit('SELECT COUNT(*) FROM MANY', { query: `${query}&retry=true` });
  assert.equal(again.json.statementHandle, accepted.json.statementHandle);
  const other = await submit('SELECT COUNT(*) FROM MANY', { query });
  assert.notEqual(other.json.statementHandle, accepted.json.statementHandle, 'without retry=true it runs again');
  const result = await poll(accepted.json.statementHandle);
  assert.deepEqual([result.status, result.json.code, result.json.data], [200, '090001', [['12000']]]);
  assert.deepEqual(Object.keys(result.json).slice(0, 2), ['resultSetMetaData', 'data']);
});

test('A failure at run time of an asynchronous statement has neither state nor handle', async () => {
  const { statementHandle } = (await submit('SELECT CAST("lower" AS INT) FROM MANY', { query: '?async=true' })).json;
  const failed = await poll(statementHandle);
  assert.equal(failed.status, 422);
  assert.deepEqual(Object.keys(failed.json), ['code', 'message']);
});

test('Cancelling always succeeds, and the statement is gone', async () => {
  await control('vendor', { statementMs: 60_000 });
  const { statementHandle } = (await submit('SELECT 1', { query: '?async=true' })).json;
  const cancelled = await api('POST', `/api/v2/statements/${statementHandle}/cancel`);
  assert.deepEqual([cancelled.status, cancelled.json.code, cancelled.json.statementStatusUrl], [200, '000604', `/api/statements/${statementHandle}`]);
  const gone = await api('GET', `/api/v2/statements/${statementHandle}`);
  assert.deepEqual([gone.status, gone.json.code], [422, '000604']);
  assert.equal((await api('POST', `/api/v2/statements/${randomUUID()}/cancel`)).status, 200);
  await control('vendor', { statementMs: 0 });
});

test('The vendor\'s client cancels a statement', async () => {
  const connection = await connect();
  const slow = 'SELECT COUNT(*) FROM MANY A JOIN MANY B ON A.I < B.I JOIN MANY C ON B.I < C.I';
  const error = await new Promise((resolve) => {
    const statement = connection.execute({ sqlText: slow, complete: (failure) => resolve(failure) });
    const wait = setInterval(async () => {
      const { requests } = await control('log');
      if (requests.some((request) => request.statement === slow)) { clearInterval(wait); statement.cancel(() => {}); }
    }, 20);
  });
  assert.equal(String(error.code), '000604');
});

test('A statement that takes longer than its time is a 408', async () => {
  await control('vendor', { statementMs: 60_000 });
  const answer = await submit('SELECT 1', { timeout: 1 });
  await control('vendor', { statementMs: 0 });
  assert.deepEqual([answer.status, answer.json.code], [408, '000630']);
});

test('Who may not is told so', async () => {
  const cases = [
    [await submit('SELECT 1', {}, { token: null }), 400, '390146'],
    [await submit('SELECT 1', {}, { token: 'wrong' }), 401, '394400'],
    [await submit('SELECT 1', {}, { token: 'wrong', type: 'OAUTH' }), 401, '390303'],
    [await submit('SELECT 1', { role: 'ADMIN' }), 400, '390186'],
    [await submit('SELECT 1', {}, { token: jwt({ account: 'OTHER' }), type: 'KEYPAIR_JWT' }), 401, '390144'],
    [await submit('SELECT 1', {}, { token: jwt({ issued: 1_700_000_000 }), type: 'KEYPAIR_JWT' }), 401, '390144'],
    [await submit('SELECT 1', {}, { token: jwt({ lifetime: 4000 }), type: 'KEYPAIR_JWT' }), 401, '390144'],
    [await submit('SELECT 1', {}, { token: jwt({ key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }), type: 'KEYPAIR_JWT' }), 401, '390144'],
    [await submit('SELECT 1', {}, { token: jwt(), type: 'KEYPAIR_JWT' }), 200, '090001'],
    [await submit('SELECT 1', {}, { token: jwt(), type: null }), 200, '090001'],
  ];
  for (const [answer, status, code] of cases) assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
  await control('vendor', { revoke: ['DB', 'PUBLIC', 'MANY'] });
  assert.equal((await submit('SELECT 1 FROM MANY')).json.code, '002003');
  await control('vendor', { grant: ['DB', 'PUBLIC', 'MANY'] });
  await control('vendor', { suspended: true });
  assert.equal((await submit('SELECT 1')).json.code, '000606');
  await control('vendor', { suspended: false });
});

test('Requests that change the text of values are refused', async () => {
  assert.equal((await submit('SELECT 1', { parameters: { DATE_OUTPUT_FORMAT: 'DD/MM/YYYY' } })).status, 400);
  assert.equal((await submit('SELECT 1', { parameters: { TIMEZONE: 'Asia/Tokyo' } })).status, 400);
  assert.equal((await submit('SELECT 1', { parameters: { TIMEZONE: 'UTC', QUERY_TAG: 'x', USE_CACHED_RESULT: false } })).status, 200);
});

test('Privileges are shown as the vendor shows them', async () => {
  await control('vendor', { allow: ['ANALYST', 'DB', 'PUBLIC', 'MANY', 'INSERT'] });
  const powers = await submit('SELECT p.PRIVILEGE_TYPE, p.OBJECT_NAME FROM "DB".INFORMATION_SCHEMA.OBJECT_PRIVILEGES AS p WHERE p.GRANTEE IN (SELECT r.ROLE_NAME FROM "DB".INFORMATION_SCHEMA.ENABLED_ROLES AS r)');
  assert.deepEqual(powers.json.data, [['INSERT', 'MANY']]);
});

test('What is stored is described', async () => {
  const columns = await submit('SELECT COLUMN_NAME, DATA_TYPE, NUMERIC_PRECISION, NUMERIC_SCALE FROM DB.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = \'EXTREMES\' ORDER BY ORDINAL_POSITION');
  assert.deepEqual(columns.json.data.slice(0, 4), [['I', 'NUMBER', '38', '0'], ['N', 'NUMBER', '38', '10'], ['F', 'FLOAT', null, null], ['T', 'TEXT', null, null]]);
  const keys = await submit('SHOW PRIMARY KEYS IN DATABASE "DB"');
  assert.deepEqual(keys.json.data, [['DB', 'PUBLIC', 'EXTREMES', 'I', '1']]);
  assert.equal(keys.json.resultSetMetaData.rowType[3].name, 'column_name');
  const plan = await submit('EXPLAIN USING JSON SELECT I FROM MANY');
  assert.equal(JSON.parse(plan.json.data[0][0]).GlobalStats.bytesAssigned, 12_000 * 2 * 8);
  assert.equal((await submit('EXPLAIN USING JSON SELECT NOPE FROM MANY')).json.code, '000904');
});

test('A database that is not there is no error where it is not needed', async () => {
  assert.equal((await submit('SELECT 1', { database: 'NOWHERE' })).json.data[0][0], '1');
  assert.equal((await submit('SELECT 1 FROM MANY', { database: 'NOWHERE' })).json.code, '002003');
});

test('A canned result goes out in both protocols', async () => {
  const rowType = [{ name: 'A', type: 'fixed', precision: 38, scale: 0, nullable: false }];
  await control('canned', { statement: 'SELECT canned', rowType, partitions: [[['1']], [['2'], ['3']]], repeat: 3 });
  const answer = await submit('SELECT canned');
  assert.deepEqual([answer.json.resultSetMetaData.numRows, answer.json.resultSetMetaData.partitionInfo.length], [7, 4]);
  const { rows } = await execute(await connect(), 'SELECT canned');
  assert.deepEqual(rows.map((row) => row.A), [1, 2, 3, 2, 3, 2, 3]);
});

test('It answers too often asked as the vendor does, without a time to wait', async () => {
  await control('faults', { match: { operation: 'submit' }, kind: 'throttle' });
  const answer = await submit('SELECT 1');
  assert.deepEqual([answer.status, answer.json.code, answer.headers['retry-after']], [429, '390505', undefined]);
});

test('Arrays of texts become rows by FLATTEN and PARSE_JSON, in both protocols, and nothing else does', async () => {
  const keys = [['-9223372036854775808', 'a\'"\\\n😀'], ['99999999999999999999999999999999999999', '']];
  const sql = 'SELECT CAST(CAST(GET(K.VALUE, 0) AS VARCHAR) AS NUMBER(38,0)) AS N, CAST(GET(K.VALUE, 1) AS VARCHAR) AS T FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:1))) AS K';
  const answer = await submit(sql, { bindings: { 1: { type: 'TEXT', value: JSON.stringify(keys) } } });
  assert.deepEqual(answer.json.data, keys, answer.text);
  const { rows } = await execute(await connect(), sql, { binds: [JSON.stringify([['1', 'x'], ['2', 'y']])] });
  assert.deepEqual(rows, [{ N: 1, T: 'x' }, { N: 2, T: 'y' }]);
  for (const [value, code] of [['{"a":1}', '002000'], ['[[1]]', '002000'], ['[', '100069'], [JSON.stringify([['x'.repeat(16 * 1024 * 1024)]]), '100082']]) {
    const refused = await submit(sql, { bindings: { 1: { type: 'TEXT', value } } });
    assert.equal(refused.status, 422, value.slice(0, 20));
    if (code !== '002000') assert.equal(refused.json.code, code);
  }
  assert.equal((await submit("SELECT PARSE_JSON('1')")).status, 422);
});

test('Tables are made, filled and dropped in a scratch schema, and nowhere else', async () => {
  const refused = await submit('CREATE TRANSIENT TABLE "DB"."SCRATCH"."k" ("c0" NUMBER(38,0)) DATA_RETENTION_TIME_IN_DAYS = 0');
  assert.deepEqual([refused.status, refused.json.code], [422, '003001']);
  await control('vendor', { scratch: ['DB', 'SCRATCH'] });
  const done = async (sql, more) => { const answer = await submit(sql, more); assert.equal(answer.status, 200, answer.text); return answer.json.data; };
  await done('CREATE TRANSIENT TABLE "DB"."SCRATCH"."k" ("c0" NUMBER(38,0), "c1" VARCHAR) DATA_RETENTION_TIME_IN_DAYS = 0');
  const insert = 'INSERT INTO "DB"."SCRATCH"."k" ("c0", "c1")\nSELECT CAST(CAST(GET(k."VALUE", 0) AS VARCHAR) AS NUMBER(38,0)) AS "c0", CAST(GET(k."VALUE", 1) AS VARCHAR) AS "c1" FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:1))) AS k';
  assert.deepEqual(await done(insert, { bindings: { 1: { type: 'TEXT', value: '[["1","a\'"],["2","b"]]' } } }), [['2']]);
  assert.deepEqual(await done('SELECT "c0", "c1" FROM "DB"."SCRATCH"."k" ORDER BY "c0"'), [['1', 'a\''], ['2', 'b']]);
  assert.equal((await submit('CREATE TABLE "DB"."SCRATCH"."k" ("c0" NUMBER(38,0))')).json.code, '002002');
  await done('DROP TABLE IF EXISTS "DB"."SCRATCH"."k"');
  await done('DROP TABLE IF EXISTS "DB"."SCRATCH"."k"');
  assert.equal((await submit('DROP TABLE "DB"."SCRATCH"."k"')).json.code, '002003');
  assert.equal((await submit('DROP TABLE "DB"."PUBLIC"."MANY"')).json.code, '003001');
});

test('Tables that are made, filled and dropped at the same time are not in each other\'s way', async () => {
  await control('vendor', { scratch: ['DB', 'SCRATCH'] });
  const ok = async (sql, more) => { const answer = await submit(sql, more); assert.equal(answer.status, 200, answer.text); };
  await Promise.all(Array.from({ length: 12 }, async (_, worker) => {
    for (let turn = 0; turn < 4; turn++) {
      const name = `"DB"."SCRATCH"."w${worker}_${turn}"`;
      await ok(`CREATE TRANSIENT TABLE ${name} ("c0" NUMBER(38,0)) DATA_RETENTION_TIME_IN_DAYS = 0`);
      await ok(`INSERT INTO ${name} ("c0") SELECT CAST(CAST(GET(k."VALUE", 0) AS VARCHAR) AS NUMBER(38,0)) AS "c0" FROM TABLE(FLATTEN(INPUT => PARSE_JSON(:1))) AS k`, { bindings: { 1: { type: 'TEXT', value: '[["1"],["2"]]' } } });
      await ok(`DROP TABLE ${name}`);
    }
  }));
});
