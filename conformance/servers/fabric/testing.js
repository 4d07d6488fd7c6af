// What the tests of this folder share: a server, and tedious as its client.
import { startServer } from '../common/frame.js';
import tedious from 'tedious';

const { Connection, Request } = tedious;
export const TYPES = tedious.TYPES;
export const password = 'Reader-of-wh-1';

export async function withServer(action) {
  const server = await startServer('fabric', {});
  try {
    await action(server);
  } finally {
    await server.close();
  }
}

export const jwt = (claims) => ['{"alg":"none"}', JSON.stringify(claims)].map((part) => Buffer.from(part).toString('base64url')).join('.') + '.';
export const goodToken = () => jwt({ aud: 'https://database.windows.net/', exp: Math.floor(Date.now() / 1000) + 600, appid: 'an-application' });

/** Opens a connection; options as tedious has them. */
export async function open(server, { authentication, ...options } = {}) {
  const connection = new Connection({
    server: 'localhost',
    authentication: authentication ?? { type: 'default', options: { userName: 'reader', password } },
    options: { port: server.port, database: 'wh', encrypt: true, trustServerCertificate: true, connectTimeout: 300_000, requestTimeout: 300_000, ...options },
  });
  // A connection that breaks says so here as well as to its request.
  connection.on('error', () => {});
  await new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
  return connection;
}

export const strict = (server) => ({ encrypt: 'strict', trustServerCertificate: false, serverName: 'localhost', tdsVersion: '8_0', cryptoCredentialsDetails: { ca: server.certificate } });

/** Runs a batch, or a call with parameters where there are some. */
export function query(connection, sql, parameters) {
  return new Promise((resolve, reject) => {
    const rows = [];
    const request = new Request(sql, (error) => (error ? reject(error) : resolve(rows)));
    request.on('row', (columns) => rows.push(columns.map((column) => column.value)));
    for (const [name, type, value, options] of parameters ?? []) {
      request.addParameter(name, type, value, options);
    }

    if (parameters) {
      connection.execSql(request);
    } else {
      connection.execSqlBatch(request);
    }
  });
}

/** The number of the error that a statement ends with. */
export const errorOf = async (connection, sql, parameters) => {
  try {
    await query(connection, sql, parameters);
  } catch (error) {
    return error.number ?? error.code;
  }

  return undefined;
};

export const table = (server, name, columns, rows, more = {}) => server.handler.createTable({ database: 'wh', schema: 'dbo', name, columns: columns.map(([column, type, nullable]) => ({ name: column, type, nullable })), rows, ...more });
