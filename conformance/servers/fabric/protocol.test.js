import test from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import tls from 'node:tls';
import { Duplex } from 'node:stream';
import tedious from 'tedious';
import { PacketType, Status, packet } from './tds/packets.js';
import { TYPES, errorOf, goodToken, jwt, open, password, query, strict, table, withServer } from './testing.js';

const failure = async (promise) => {
  try {
    (await promise).close();
  } catch (error) {
    return error;
  }

  return undefined;
};

test('tedious works with TLS, without it, and with TLS from the first byte', () => withServer(async (server) => {
  await table(server, 'T', [['id', 'int']], [['7']]);
  for (const options of [{}, { encrypt: false }, strict(server)]) {
    const connection = await open(server, options);
    assert.deepEqual(await query(connection, 'SELECT t.id FROM T AS t'), [[7]]);
    connection.close();
  }
}));

test('A strict client that does not trust the certificate refuses the server', () => withServer(async (server) => {
  const options = strict(server);
  delete options.cryptoCredentialsDetails;
  assert.match(String(await failure(open(server, options))), /self.signed|certificate/i);
}));

test('Answers come whole however the network cuts them', () => withServer(async (server) => {
  const long = 'ä€😀'.repeat(400);
  await table(server, 'T', [['id', 'int'], ['s', 'varchar(max)']], Array.from({ length: 12 }, (_, i) => [String(i), i % 3 === 0 ? null : `${long}${i}`]));
  for (const [fragment, packetSize] of [[61, 512], [333, 4096], [1000, 16192]]) {
    server.handler.control({ fragment });
    const connection = await open(server, { packetSize, encrypt: packetSize !== 4096 });
    const rows = await query(connection, 'SELECT t.id, t.s FROM T AS t ORDER BY t.id');
    assert.equal(rows.length, 12);
    assert.deepEqual(rows[1], [1, `${long}1`]);
    assert.equal(rows[3][1], null);
    connection.close();
  }
}));

test('A client may answer the last byte of the first reply at once', () => withServer(async (server) => {
  // The first flight of TLS, made beforehand.
  const hello = await new Promise((resolve) => {
    tls.connect({ socket: new Duplex({ read() {}, write(chunk, _encoding, done) { resolve(chunk); done(); } }), maxVersion: 'TLSv1.2' });
  });
  server.handler.control({ fragment: 61 });
  const socket = net.connect(server.port, '127.0.0.1');
  const answer = await new Promise((resolve, reject) => {
    let [received, isFirst] = [Buffer.alloc(0), true];
    socket.on('close', () => reject(new Error('The server has closed the connection.')));
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length >= 8 && received.length >= received.readUInt16BE(2)) {
        if (!isFirst) {
          resolve(received);
        }

        isFirst = false;
        received = Buffer.alloc(0);
        socket.write(packet(PacketType.prelogin, Status.endOfMessage, hello));
      }
    });
    // One option: encryption is on.
    socket.write(packet(PacketType.prelogin, Status.endOfMessage, Buffer.from([1, 0, 6, 0, 1, 0xff, 1])));
  });
  assert.equal(answer[8], 0x16, 'a record of the handshake');
  socket.destroy();
}));

test('A request of many packets is read whole', () => withServer(async (server) => {
  const connection = await open(server, { packetSize: 512 });
  const text = 'x'.repeat(7000);
  assert.deepEqual(await query(connection, `SELECT '${text}' AS s`), [[text]]);
  connection.close();
}));

test('A wrong password, an unknown user and a database that is not there are refused', () => withServer(async (server) => {
  const login = (userName, secret) => ({ authentication: { type: 'default', options: { userName, password: secret } } });
  assert.equal((await failure(open(server, login('reader', 'wrong')))).code, 'ELOGIN');
  assert.equal((await failure(open(server, login('nobody', password)))).code, 'ELOGIN');
  assert.match((await failure(open(server, { database: 'WH' }))).message, /Cannot open database/);
}));

test('An access token logs in, in the login and after it; an expired one and one for another audience do not', () => withServer(async (server) => {
  const token = (value) => ({ authentication: { type: 'azure-active-directory-access-token', options: { token: value } } });
  const connection = await open(server, token(goodToken()));
  assert.deepEqual(await query(connection, 'SELECT SUSER_SNAME() AS who'), [['an-application']]);
  connection.close();
  const credential = (value) => ({ authentication: { type: 'token-credential', options: { credential: { getToken: async () => ({ token: value, expiresOnTimestamp: Date.now() + 1e6 }) } } } });
  (await open(server, credential(goodToken()))).close();
  const past = Math.floor(Date.now() / 1000) - 5;
  assert.match((await failure(open(server, token(jwt({ aud: 'https://database.windows.net/', exp: past }))))).message, /expired/);
  assert.match((await failure(open(server, token(jwt({ aud: 'https://graph.microsoft.com/', exp: past + 600 }))))).message, /audience/);
  assert.match((await failure(open(server, token('no-jwt')))).message, /no JWT/);
}));

test('A statement that is cancelled ends, is acknowledged once, and leaves the connection usable', () => withServer(async (server) => {
  await table(server, 'T', [['id', 'int']], Array.from({ length: 3000 }, (_, i) => [String(i)]));
  const connection = await open(server);
  const slow = query(connection, 'SELECT COUNT_BIG(*) AS n FROM T AS a CROSS JOIN T AS b CROSS JOIN T AS c');
  await new Promise((resolve) => setTimeout(resolve, 50));
  connection.cancel();
  await assert.rejects(slow, /Canceled/);
  assert.deepEqual(await query(connection, 'SELECT 1 AS one'), [[1]]);
  const streaming = query(connection, 'SELECT a.id FROM T AS a CROSS JOIN T AS b');
  await new Promise((resolve) => setTimeout(resolve, 20));
  connection.cancel();
  await assert.rejects(streaming, /Canceled/);
  assert.deepEqual(await query(connection, 'SELECT 2 AS two'), [[2]]);
  assert.equal(server.handler.control({}).attentions, 2);
  connection.close();
}));

test('A connection is reset, and prepared statements run', () => withServer(async (server) => {
  const connection = await open(server);
  await new Promise((resolve, reject) => connection.reset((error) => (error ? reject(error) : resolve())));
  const rows = [];
  const request = new tedious.Request('SELECT @a + 1 AS b', (error) => error && assert.fail(error));
  request.addParameter('a', TYPES.Int);
  request.on('row', (columns) => rows.push(columns[0].value));
  await new Promise((resolve) => { request.on('prepared', resolve); connection.prepare(request); });
  for (const a of [1, 41]) {
    await new Promise((resolve) => { request.once('requestCompleted', resolve); connection.execute(request, { a }); });
  }

  await new Promise((resolve) => { request.once('requestCompleted', resolve); connection.unprepare(request); });
  assert.deepEqual(rows, [2, 42]);
  assert.ok(server.handler.control({}).resets >= 1);
  connection.close();
}));

test('Parameters of every type arrive; more than 2,100 are refused', () => withServer(async (server) => {
  const connection = await open(server);
  const cases = [
    [TYPES.BigInt, '9223372036854775807', '9223372036854775807'], [TYPES.Int, -5, -5], [TYPES.Bit, true, true], [TYPES.Float, 0.1, 0.1],
    [TYPES.NVarChar, "é'😀\\", "é'😀\\"], [TYPES.VarChar, "a'; DROP TABLE x --", "a'; DROP TABLE x --"], [TYPES.Decimal, 12.5, 12.5, { precision: 10, scale: 2 }],
  ];
  for (const [type, value, expected, options] of cases) {
    assert.deepEqual(await query(connection, 'SELECT @p0 AS v', [['p0', type, value, options]]), [[expected]], type.name);
  }

  assert.deepEqual(await query(connection, "SELECT '@p0' AS v, @p0 AS w /* @p0 */", [['p0', TYPES.Int, 3]]), [['@p0', 3]]);
  const many = Array.from({ length: 2101 }, (_, i) => [`p${i}`, TYPES.Int, i]);
  assert.equal(await errorOf(connection, 'SELECT @p0 AS v', many), 8003);
  connection.close();
}));

test('Faults: a dropped connection, a truncated answer, an error after rows, a lost login', () => withServer(async (server) => {
  await table(server, 'T', [['id', 'int']], Array.from({ length: 5000 }, (_, i) => [String(i)]));
  const fault = (fault) => server.frame.faults.add(fault, server.handler.faultKinds);
  const sql = 'SELECT t.id FROM T AS t';
  for (const one of [{ kind: 'drop' }, { kind: 'truncate', bytes: 3000 }]) {
    const connection = await open(server);
    fault({ match: { operation: 'query', statement: 'FROM T' }, ...one });
    await assert.rejects(query(connection, sql), /closed|lost|hang up|ECONNRESET|Connection/i, one.kind);
    connection.close();
  }

  const connection = await open(server);
  fault({ match: { operation: 'query', statement: 'FROM T' }, kind: 'error', number: 40501, afterRows: 10 });
  assert.equal(await errorOf(connection, sql), 40501);
  fault({ match: { operation: 'query', statement: 'FROM T' }, kind: 'throttle' });
  assert.equal(await errorOf(connection, sql), 24801);
  assert.equal((await query(connection, sql)).length, 5000);
  connection.close();
  fault({ match: { operation: 'login' }, kind: 'expire' });
  assert.match((await failure(open(server))).message, /expired/);
  assert.deepEqual(server.frame.faults.waiting(), []);
}));

test('What is no TDS closes the connection and the server lives on', () => withServer(async (server) => {
  const net = await import('node:net');
  for (const bytes of ['12010000', '1201000800000100', '1201002f000001000000ff0006ff', '0101001000000100ffffffffffffffff', '10010020000001000000000000000000000000000000000000000000000000000000', 'ff']) {
    await new Promise((resolve) => {
      const socket = net.connect(server.port, '127.0.0.1', () => socket.end(Buffer.from(bytes, 'hex')));
      socket.on('error', () => {});
      socket.on('close', resolve);
      socket.resume();
    });
  }

  const connection = await open(server);
  assert.deepEqual(await query(connection, 'SELECT 1 AS one'), [[1]]);
  assert.equal(server.handler.control({}).defects, 0);
  connection.close();
}));
