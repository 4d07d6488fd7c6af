// A Databricks workspace with one SQL warehouse: the SQL Statement Execution API 2.0, OAuth machine-to-machine, external links on another
// origin. --engine, or FEDSEG_DATABRICKS_ENGINE, auto (Spark where there is one), spark or duckdb. Its own controls (POST /__control/vendor):
//   {"settings": {...}}                  see `defaults` below
//   {"warehouse": "STOPPED", "startMs"}  the next statement starts the warehouse and waits; {"warehouse": "GONE"} refuses all
//   {"scratch": [catalog, schema]}                             tables may be made, filled and dropped there
//   {"hide"|"refuse"|"show": [[catalog, schema, table], ...]}  tables that are not shown at all; that may not be read; as before
//   {"allow": [grantee, catalog, schema, table, privilege]}  what information_schema.table_privileges shows beyond SELECT; null forgets all of it
//   {"revokeTokens": true}, {"tokenSeconds": n}
// Own kinds of faults: expire (operation link: the link has expired; any other: the token is not valid any more, and issued ones are
// revoked), lieRows (a manifest with `rows` more), slow (the statement runs `ms`), noSqlState, linkHost (links lead to `url`),
// unknownState, closed, invisible (the statement is not found yet).
import { randomUUID } from 'node:crypto';
import { Registry } from './registry.js';
import { DuckDbBehind } from './duckdbEngine.js';
import { SparkBehind } from './sparkEngine.js';
import { findSpark } from './spark/shared.js';
import { Auth } from './auth.js';
import { Statements, Links, CannedResult } from './statements.js';
import { Refusal, invalid } from './problems.js';
import { toDuckDb } from '../common/translate.js';
import { plainText } from './plainText.js';
import { parseType } from './types.js';

const defaults = {
  warehouseId: '0123456789abcdef',
  chunkRows: 20_000, batchRows: 3_000, linksPerAnswer: 2, attachmentRows: 1_000,
  linkSeconds: 900, linkHeaders: undefined, lz4: 'frames',
  truncateAtRows: undefined,
};

const api = '/api/2.0/sql';

export async function create(frame) {
  const registry = await Registry.open();
  const engine = await openEngine(frame.options, registry);
  const server = { settings: { ...defaults }, sessions: new Map(), canned: frame.canned, registry, engine, warehouse: new Warehouse(), storagePort: 0, translate: (sql) => toDuckDb(plainText(sql), 'databricks') };
  const auth = new Auth();
  const statements = new Statements(server);
  const links = new Links(server);

  const result = (statement, index, exchange) => {
    const { request, result: rows } = statement;
    if (rows.chunks.length === 0) return {};
    if (index >= rows.chunks.length) throw invalid(`The chunk_index ${index} is out of bounds.`);
    const more = index + 1 < rows.chunks.length;
    const next = more ? { next_chunk_index: index + 1, next_chunk_internal_link: `${api}/statements/${statement.id}/result/chunks/${index + 1}` } : {};
    if (request.disposition === 'INLINE') return { ...rows.chunks[index], data_array: rows.rowsOf(index), ...next };
    if (rows.isInlineArrow) {
      // The older path of the service: with a wait, a result of several chunks loses all but the first.
      const bytes = rows.bytesOf(index);
      return { ...rows.chunks[index], byte_count: bytes.length, attachment: bytes.toString('base64'), ...(request.wait > 0 ? {} : next) };
    }
    const count = Math.min(server.settings.linksPerAnswer, rows.chunks.length - index);
    if (exchange.fault('linkHost')) statement.faults.push(exchange.fault('linkHost'));
    return { external_links: Array.from({ length: count }, (_, i) => links.make(statement, index + i)) };
  };

  const describe = (statement, exchange) => {
    const body = { statement_id: statement.id, status: { state: statement.state } };
    if (exchange.fault('unknownState')) return { ...body, status: { state: 'HIBERNATING' } };
    if (exchange.fault('closed') && statement.state === 'SUCCEEDED') return { ...body, status: { state: 'CLOSED' } };
    if (statement.state === 'FAILED') Object.assign(body.status, statement.error);
    if (statement.state !== 'SUCCEEDED') return body;
    const manifest = statement.result.manifest();
    const lie = [...statement.faults, ...(exchange.faults ?? [])].find((fault) => fault.kind === 'lieRows');
    if (lie) manifest.total_row_count += lie.rows ?? 1;
    return { ...body, manifest, result: result(statement, 0, exchange) };
  };

  const send = (exchange, body) => exchange.send({ body, headers: responseHeaders(), gzip: /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? '') });

  const routes = [
    ['GET', /^\/oidc\/\.well-known\/oauth-authorization-server$/, 'discovery', (exchange) => send(exchange, auth.discovery(`${exchange.secure ? 'https' : 'http'}://${exchange.headers.host}`)), 'open'],
    ['POST', /^\/oidc\/v1\/token$/, 'token', (exchange) => { const answer = auth.token(exchange); exchange.send({ ...answer, headers: responseHeaders() }); }, 'open'],
    ['GET', /^\/\.well-known\/databricks-config$/, 'config', (exchange) => exchange.send({ status: 404 }), 'open'],
    ['GET', /^\/storage\//, 'link', (exchange) => links.answer(exchange), 'open'],
    ['POST', /^\/api\/2\.0\/sql\/statements\/?$/, 'submit', async (exchange) => {
      const body = parse(exchange);
      server.warehouse.check();
      const statement = statements.submit(body, exchange);
      const { wait, cancelsOnTimeout } = statement.request;
      if (wait > 0) {
        let timer;
        await Promise.race([statement.done, new Promise((resolve) => { timer = setTimeout(resolve, wait * 1000); })]);
        clearTimeout(timer);
        if (!statement.final && cancelsOnTimeout) { statements.cancel(statement.id); await statement.done; }
      }
      send(exchange, wait === 0 && !statement.final ? { statement_id: statement.id, status: { state: 'PENDING' } } : describe(statement, exchange));
    }],
    ['GET', /^\/api\/2\.0\/sql\/statements\/([^/]+)$/, 'poll', (exchange, id) => {
      const statement = statements.find(id);
      if (exchange.fault('invisible')) throw new Refusal(404, 'NOT_FOUND', `The statement ${id} was not found.`);
      send(exchange, describe(statement, exchange));
    }],
    ['GET', /^\/api\/2\.0\/sql\/statements\/([^/]+)\/result\/chunks\/(\d+)$/, 'chunk', (exchange, id, index) => {
      const statement = statements.find(id);
      if (statement.state !== 'SUCCEEDED') throw new Refusal(404, 'NOT_FOUND', 'The statement has no result.');
      send(exchange, result(statement, Number(index), exchange));
    }],
    ['POST', /^\/api\/2\.0\/sql\/statements\/([^/]+)\/cancel$/, 'cancel', (exchange, id) => { statements.cancel(id); exchange.note({ statementId: id }); send(exchange, {}); }],
    ['DELETE', /^\/api\/2\.0\/sql\/statements\/([^/]+)$/, 'close', (exchange, id) => { exchange.note({ statementId: id }); send(exchange, {}); }],
    ['POST', /^\/api\/2\.0\/sql\/sessions\/?$/, 'openSession', (exchange) => {
      const body = parse(exchange);
      server.warehouse.check();
      if (body.warehouse_id !== server.settings.warehouseId) throw new Refusal(403, 'PERMISSION_DENIED', `You do not have permission to use the SQL Warehouse ${body.warehouse_id}.`);
      const confs = {};
      for (const [name, value] of Object.entries(body.session_confs ?? {})) {
        const upper = name.toUpperCase();
        if (!/^(ANSI_MODE|ENABLE_PHOTON|LEGACY_TIME_PARSER_POLICY|MAX_FILE_PARTITION_BYTES|READ_ONLY_EXTERNAL_METASTORE|STATEMENT_TIMEOUT|TIMEZONE|USE_CACHED_RESULT|QUERY_TAGS)$/.test(upper)) throw invalid(`Configuration ${name} is not available.`);
        if (upper === 'ANSI_MODE' && String(value).toLowerCase() !== 'true') throw new Refusal(501, 'NOT_IMPLEMENTED', 'This server has ANSI mode only.');
        confs[upper] = String(value);
      }
      const id = randomUUID();
      server.sessions.set(id, { id, catalog: body.catalog, schema: body.schema, confs });
      exchange.note({ session: id, confs });
      send(exchange, { session_id: id });
    }],
    ['DELETE', /^\/api\/2\.0\/sql\/sessions\/([^/]+)$/, 'closeSession', (exchange, id) => {
      if (!exchange.query.get('warehouse_id')) throw invalid('warehouse_id is missing.');
      server.sessions.delete(id);
      exchange.note({ session: id });
      send(exchange, {});
    }],
    ['GET', /^\/api\/2\.0\/sql\/warehouses\/([^/]+)$/, 'warehouse', (exchange, id) => {
      if (id !== server.settings.warehouseId) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `The warehouse ${id} does not exist.`);
      send(exchange, { id, name: 'Local', state: server.warehouse.state, enable_serverless_compute: true, cluster_size: '2X-Small' });
    }],
    ['GET', /^\/api\/2\.0\/preview\/scim\/v2\/Me$/, 'me', (exchange) => send(exchange, { userName: 'segments@example.com', displayName: 'segments' })],
  ];
  const find = (exchange) => routes.find(([method, path]) => method === exchange.method && path.test(exchange.path));

  return {
    get ready() { return { engine: engine.name, storagePort: server.storagePort }; },
    faultKinds: ['slow', 'noSqlState', 'linkHost', 'unknownState', 'closed', 'invisible'],
    operation: (exchange) => find(exchange)?.[2] ?? 'unknown',

    async handle(exchange) {
      const route = find(exchange);
      try {
        if (!route) {
          if (exchange.path.startsWith('/api/2.0/sql/statements')) throw new Refusal(404, 'ENDPOINT_NOT_FOUND', `No API found for '${exchange.method} ${exchange.path.slice('/api/2.0'.length)}'`);
          exchange.send({ status: 404, headers: responseHeaders() });
          return;
        }
        if (route[4] !== 'open') {
          if (exchange.fault('expire')) { auth.revoke(); throw auth.wrongToken(); }
          auth.check(exchange);
        }
        await route[3](exchange, ...route[1].exec(exchange.path).slice(1).map(decodeURIComponent));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        exchange.send({ status: error.status, headers: { ...responseHeaders(), ...error.headers }, body: error.body });
      }
    },

    reject(exchange, fault) {
      const status = fault.status ?? (fault.kind === 'throttle' ? 429 : 500);
      const code = { 429: 'REQUEST_LIMIT_EXCEEDED', 500: 'INTERNAL_ERROR', 503: 'TEMPORARILY_UNAVAILABLE', 504: 'DEADLINE_EXCEEDED', 401: 401, 403: 403 }[status] ?? 'INTERNAL_ERROR';
      return { status, headers: responseHeaders(), body: { error_code: code, message: 'This was asked for by a test.' } };
    },

    async createTable(table) {
      const entry = registry.add({ ...table, rowCount: table.rowCount });
      await engine.createTable(entry, table);
      if (table.rows === undefined && entry.rowCount === null) entry.rowCount = await engine.rowsOf(entry);
    },

    canned: (entry) => new CannedResult({ ...entry, columns: entry.columns.map((column) => ({ name: column.name, type: parseType(column.type).neutral })) }),

    control(wanted) {
      if (wanted.settings) Object.assign(server.settings, wanted.settings);
      if (wanted.warehouse) server.warehouse.set(wanted.warehouse, wanted.startMs);
      for (const key of (wanted.hide ?? []).map((name) => Registry.key(...name))) registry.hidden.add(key);
      if (wanted.allow === null) registry.privileges = [];
      else if (wanted.allow) registry.privileges.push(wanted.allow);
      for (const key of (wanted.refuse ?? []).map((name) => Registry.key(...name))) registry.refused.add(key);
      for (const key of (wanted.show ?? []).map((name) => Registry.key(...name))) { registry.hidden.delete(key); registry.refused.delete(key); }
      if (wanted.scratch) registry.writable.add(Registry.key(...wanted.scratch, ''));
      if (wanted.revokeTokens) auth.revoke();
      if (wanted.tokenSeconds !== undefined) auth.lifetimeSeconds = wanted.tokenSeconds;
      registry.changed();
    },

    async listening() { server.storagePort = await frame.listen(); },

    reset() {
      Object.assign(server.settings, defaults);
      server.sessions.clear();
      server.warehouse = new Warehouse();
      statements.clear();
      links.clear();
      auth.reset();
      registry.hidden.clear();
      registry.refused.clear();
      registry.privileges = [];
      registry.changed();
    },

    async close() {
      await engine.close();
      registry.close();
    },
  };
}

async function openEngine(options, registry) {
  const wanted = options.engine ?? process.env.FEDSEG_DATABRICKS_ENGINE ?? 'auto';
  const home = wanted === 'duckdb' ? undefined : findSpark();
  if (wanted === 'spark' && !home) throw new Error('There is no Spark: set SPARK_HOME, and install Java 17 or newer.');
  if (!['auto', 'spark', 'duckdb'].includes(wanted)) throw new Error(`There is no engine ${wanted}.`);
  return home ? SparkBehind.open(registry, home) : DuckDbBehind.open(registry);
}

class Warehouse {
  state = 'RUNNING';
  #startMs = 0;
  #starting;

  set(state, startMs = 200) {
    this.state = state;
    this.#startMs = startMs;
    this.#starting = undefined;
  }

  /** Refuses where no statement is taken. */
  check() {
    if (this.state === 'GONE') throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', 'The warehouse does not exist.');
    if (this.state === 'FULL') throw new Refusal(429, 'RESOURCE_EXHAUSTED', 'The queue of the warehouse is full.');
  }

  /** A statement on a stopped warehouse starts it and waits. */
  async ready(statement) {
    if (this.state === 'RUNNING') return;
    if (!this.#starting) {
      this.state = 'STARTING';
      this.#starting = new Promise((resolve) => setTimeout(resolve, this.#startMs)).then(() => { this.state = 'RUNNING'; });
    }
    await Promise.race([this.#starting, new Promise((resolve) => { statement.wake = resolve; })]);
  }
}

function parse(exchange) {
  try { return exchange.json(); } catch { throw new Refusal(400, 'MALFORMED_REQUEST', 'Could not parse the request as JSON.'); }
}

const responseHeaders = () => ({ server: 'databricks', 'x-request-id': randomUUID(), 'x-databricks-org-id': '1234567890123456', 'server-timing': 'request_ttfb_msec;dur=1.0' });
