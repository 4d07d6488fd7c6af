// The protocol of Snowflake's drivers, as far as snowflake-sdk needs it.
import { randomUUID } from 'node:crypto';
import { SnowflakeError } from './errors.js';
import { encodeResult } from './results.js';

const outputParameters = [
  ['TIMEZONE', 'Etc/UTC'], ['TIMESTAMP_OUTPUT_FORMAT', 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'], ['TIMESTAMP_NTZ_OUTPUT_FORMAT', 'YYYY-MM-DD HH24:MI:SS.FF9'], ['TIMESTAMP_LTZ_OUTPUT_FORMAT', ''],
  ['TIMESTAMP_TZ_OUTPUT_FORMAT', ''], ['DATE_OUTPUT_FORMAT', 'YYYY-MM-DD'], ['TIME_OUTPUT_FORMAT', 'HH24:MI:SS.FF9'], ['BINARY_OUTPUT_FORMAT', 'HEX'],
].map(([name, value]) => ({ name, value }));
const inlineRows = 1000;

export class DriverProtocol {
  constructor({ frame, accounts, statements, settings }) {
    Object.assign(this, { frame, accounts, statements, settings });
    this.reset();
  }

  reset() {
    this.sessions = new Map();
    this.queries = new Map();
  }

  static operation(exchange) {
    const { path } = exchange;
    if (path.startsWith('/session/v1/login')) return 'login';
    if (path === '/session/token-request') return 'renew';
    if (path === '/session/heartbeat') return 'heartbeat';
    if (path === '/session') return 'logout';
    if (path === '/telemetry/send') return 'telemetry';
    if (path === '/queries/v1/query-request') return 'query';
    if (path.endsWith('/abort-request')) return 'abort';
    if (path.startsWith('/monitoring/queries/')) return 'monitor';
    if (path.startsWith('/queries/') && path.endsWith('/result')) return 'result';
    if (path.startsWith('/chunks/')) return 'chunk';
    return undefined;
  }

  async handle(exchange) {
    try {
      await this.#handle(exchange);
    } catch (error) {
      if (!(error instanceof SnowflakeError)) throw error;
      const data = error.login
        ? { nextAction: 'RETRY_LOGIN', authnMethod: 'USERNAME_PASSWORD', signInOptions: {} }
        : { internalError: false, errorCode: error.code, age: 0, sqlState: error.sqlState, queryId: error.queryId ?? randomUUID(), line: -1, pos: -1, type: 'COMPILATION' };
      reply(exchange, data, { code: error.code, message: error.message, success: false });
    }
  }

  #handle(exchange) {
    switch (exchange.operation) {
      case 'login': return this.#login(exchange);
      case 'renew': return this.#renew(exchange);
      case 'heartbeat': this.#session(exchange); return reply(exchange, null);
      case 'logout': this.sessions.delete(token(exchange)); return reply(exchange, null);
      case 'telemetry': return reply(exchange, 'Log Received');
      case 'query': return this.#query(exchange);
      case 'abort': return this.#abort(exchange);
      case 'monitor': return this.#monitor(exchange);
      case 'result': return this.#result(exchange);
      default: return this.#chunk(exchange);
    }
  }

  #login(exchange) {
    const { data } = exchange.json();
    let user;
    try {
      switch (data.AUTHENTICATOR ?? 'SNOWFLAKE') {
        case 'SNOWFLAKE': user = this.accounts.byPassword(data.LOGIN_NAME, data.PASSWORD); break;
        case 'SNOWFLAKE_JWT': user = this.accounts.byJwt(data.TOKEN); break;
        case 'OAUTH': case 'PROGRAMMATIC_ACCESS_TOKEN': user = this.accounts.byToken(data.TOKEN, data.AUTHENTICATOR); break;
        default: throw new SnowflakeError('390100', null, 'This authenticator is not supported.');
      }
    } catch (error) {
      throw Object.assign(error, { login: true });
    }
    const session = { id: this.sessions.size + 1, user, database: exchange.query.get('databaseName') ?? undefined, schema: exchange.query.get('schemaName') ?? undefined, role: exchange.query.get('roleName') ?? user.roles[0], token: randomUUID(), master: randomUUID() };
    if (!user.roles.includes(session.role)) throw Object.assign(new SnowflakeError('390189', null, `Role '${session.role}' does not exist or is not granted.`), { login: true });
    this.sessions.set(session.token, session);
    reply(exchange, {
      token: session.token, masterToken: session.master, validityInSeconds: 3600, masterValidityInSeconds: 14400, sessionId: session.id, parameters: outputParameters, displayUserName: user.name,
      sessionInfo: { databaseName: session.database ?? null, schemaName: session.schema ?? null, warehouseName: exchange.query.get('warehouse'), roleName: session.role },
    });
  }

  #renew(exchange) {
    const master = token(exchange);
    const session = [...this.sessions.values()].find((each) => each.master === master);
    if (!session) throw new SnowflakeError('390114', null, 'Master token expired.');
    this.sessions.delete(session.token);
    session.token = randomUUID();
    this.sessions.set(session.token, session);
    reply(exchange, { sessionToken: session.token, masterToken: session.master, validityInSecondsST: 3600, validityInSecondsMT: 14400, sessionId: session.id });
  }

  #session(exchange) {
    if (exchange.fault('expire')) throw new SnowflakeError('390112', null, 'Your session has expired. Please login again.');
    const session = this.sessions.get(token(exchange));
    if (!session) throw new SnowflakeError('390104', null, 'Session token is invalid.');
    return session;
  }

  async #query(exchange) {
    const session = this.#session(exchange);
    const body = exchange.json();
    exchange.note({ statement: body.sqlText, requestId: exchange.query.get('requestId') });
    const requestId = exchange.query.get('requestId');
    let query = [...this.queries.values()].find((each) => each.requestId === requestId);
    if (!query) {
      const canned = this.frame.canned.get(body.sqlText);
      const queryId = randomUUID();
      let work;
      try {
        work = canned ? { result: Promise.resolve(canned), cancel() {} } : this.statements.start(body.sqlText, body.bindings ?? {}, { ...session, suspended: this.settings.suspended });
      } catch (error) {
        throw Object.assign(error, { queryId });
      }
      query = { queryId, requestId, session, sql: body.sqlText, state: 'RUNNING', cancel() { this.state = 'ABORTED'; work.cancel(); } };
      query.done = work.result.then(
        (result) => { if (query.state === 'RUNNING') { query.state = 'SUCCESS'; query.result = canned ?? encodeResult(result, session, true); } },
        (error) => { if (query.state === 'RUNNING') { query.state = 'FAILED_WITH_ERROR'; query.error = error; } },
      );
      this.queries.set(queryId, query);
    }
    if (body.asyncExec) return reply(exchange, { queryId: query.queryId, getResultUrl: `/queries/${query.queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null }, { code: '333334', message: 'Query execution in progress.' });
    await this.#hold(query);
    this.#finish(exchange, query);
  }

  // A client asks again at once, so the answer is held back.
  #hold(query) { return Promise.race([query.done, new Promise((resolve) => { setTimeout(resolve, this.settings.synchronousMs).unref(); })]); }

  async #result(exchange) {
    this.#session(exchange);
    const query = this.#find(exchange.path.split('/')[2]);
    await this.#hold(query);
    this.#finish(exchange, query);
  }

  #find(queryId) {
    const query = this.queries.get(queryId);
    if (!query) throw new SnowflakeError('000709', '02000', `Statement ${queryId} not found`);
    return query;
  }

  #finish(exchange, query) {
    if (query.state === 'RUNNING') return reply(exchange, { queryId: query.queryId, getResultUrl: `/queries/${query.queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null }, { code: '333333', message: null });
    if (query.state === 'ABORTED') throw new SnowflakeError('000604', '57014', 'SQL execution canceled');
    if (query.error) throw Object.assign(query.error, { queryId: query.queryId });
    const { result } = query;
    const inline = result.partitions.length === 1 || result.partitions[0].rowCount <= inlineRows ? result.partitions[0] : undefined;
    const chunks = result.partitions.map((partition, i) => ({ partition, i })).filter(({ partition }) => partition !== inline);
    const base = `http${exchange.secure ? 's' : ''}://${exchange.headers.host}/chunks/${query.queryId}/`;
    const head = JSON.stringify({
      parameters: outputParameters, rowtype: result.rowType.map((column) => ({ ...column, scale: column.scale ?? 0 })), total: result.numRows, returned: result.numRows, queryId: query.queryId, sqlState: '00000',
      statementTypeId: 4096, version: 1, queryResultFormat: 'json', databaseProvider: null, finalDatabaseName: query.session.database ?? null, finalSchemaName: query.session.schema ?? null,
      finalWarehouseName: null, finalRoleName: query.session.role, numberOfBinds: 0, arrayBindSupported: false,
      ...(chunks.length > 0 ? { chunks: chunks.map(({ partition, i }) => ({ url: `${base}${i}`, rowCount: partition.rowCount, uncompressedSize: partition.size, compressedSize: partition.chunk.length })), chunkHeaders: {} } : {}),
    });
    const text = `{"data":${head.slice(0, -1)},"rowset":[${inline?.rows ?? ''}]},"code":null,"message":null,"success":true,"headers":null}`;
    exchange.send({ headers: { 'content-type': 'application/json' }, body: text, gzip: /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? '') });
  }

  #chunk(exchange) {
    if (exchange.headers.authorization) throw new Error('A client sent its token to the storage of results.');
    const [, , queryId, number] = exchange.path.split('/');
    const partition = this.queries.get(queryId)?.result?.partitions[number];
    if (exchange.fault('expire') || !partition) return exchange.send({ status: 403, headers: { 'content-type': 'application/xml' }, body: '<Error><Code>AccessDenied</Code></Error>' });
    exchange.send({ headers: { 'content-type': 'binary/octet-stream', 'content-encoding': 'gzip' }, body: partition.chunk });
  }

  #abort(exchange) {
    this.#session(exchange);
    const part = exchange.path.split('/')[2];
    const requestId = part === 'v1' ? exchange.json().requestId : undefined;
    const query = part === 'v1' ? [...this.queries.values()].find((each) => each.requestId === requestId) : this.queries.get(part);
    if (query?.state === 'RUNNING') query.cancel();
    reply(exchange, null);
  }

  #monitor(exchange) {
    this.#session(exchange);
    const query = this.#find(exchange.path.split('/')[3]);
    reply(exchange, { queries: [{ id: query.queryId, status: query.state, state: query.state, errorCode: query.error?.code ?? null, errorMessage: query.error?.message ?? null, sqlText: query.sql }] });
  }
}

function token(exchange) { return /Snowflake Token="([^"]*)"/.exec(exchange.headers.authorization ?? '')?.[1]; }

function reply(exchange, data, { code = null, message = null, success = true } = {}) { exchange.send({ body: { data, code, message, success, headers: null } }); }
