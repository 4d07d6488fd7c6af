// What the tests of this server share: a server of their own, and the vendor's clients pointed at it.
import { startServer } from '../common/frame.js';

process.env.DATABRICKS_TELEMETRY_DISABLED = '1';
export const token = 'dapi-local-token';
export const warehouseId = '0123456789abcdef';

export async function start(options = {}) {
  const server = await startServer('databricks', { engine: 'duckdb', ...options });
  const origin = `http://127.0.0.1:${server.port}`;
  const control = async (name, body, method = 'POST') => {
    const response = await fetch(`${origin}/__control/${name}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    return answer;
  };
  return {
    origin, control, port: server.port, certificate: server.certificate, engine: server.ready.engine, close: () => server.close(),
    log: async () => (await control('log', undefined, 'GET')).requests,
    fault: (fault) => control('faults', fault),
    /** A bare request of the API. */
    async api(method, path, body, headers = { authorization: `Bearer ${token}` }) {
      const response = await fetch(`${origin}${path}`, { method, headers, body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body) });
      const text = await response.text();
      return { status: response.status, headers: response.headers, body: text === '' ? '' : JSON.parse(text) };
    },
    /** A statement by the bare API, its result as text cells. */
    async rows(statement, more = {}) {
      const { body } = await this.api('POST', '/api/2.0/sql/statements', { warehouse_id: warehouseId, statement, ...more });
      if (body.status?.state !== 'SUCCEEDED') throw Object.assign(new Error(body.status?.error?.message ?? JSON.stringify(body)), { sqlState: body.status?.sql_state });
      return body.result.data_array ?? [];
    },
  };
}

/** The vendor's driver, in the mode that speaks this API. `use(session)` runs within a session. */
export async function withDriver(server, use, more = {}) {
  const { DBSQLClient, DBSQLLogger, LogLevel } = await import('@databricks/sql');
  const client = new DBSQLClient({ logger: new DBSQLLogger({ level: LogLevel.error }) });
  client.on('error', () => {});
  await client.connect({ host: server.origin, path: `/sql/1.0/warehouses/${warehouseId}`, token, useKernel: true, telemetryEnabled: false, ...more });
  try {
    const session = await client.openSession({});
    try { return await use(session); } finally { await session.close(); }
  } finally {
    await client.close();
  }
}

/** All rows of a statement through the driver. */
export async function fetchAll(session, statement, options = {}) {
  const operation = await session.executeStatement(statement, { runAsync: true, ...options });
  try { return await operation.fetchAll(); } finally { await operation.close(); }
}
