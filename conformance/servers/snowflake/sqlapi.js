// The SQL API, version 2.
import { gzipSync } from 'node:zlib';
import { randomUUID } from 'node:crypto';
import { SnowflakeError } from './errors.js';
import { wrongInSubmission } from './description.js';
import { encodeResult, partitionInfo } from './results.js';

const prefix = '/api/v2/statements';
const outputFormat = /_output_format$/i;
const parameters = new Set(['client_result_chunk_size', 'multi_statement_count', 'query_tag', 'rows_per_resultset', 'timezone', 'use_cached_result']);

export class SqlApi {
  constructor({ frame, accounts, statements, settings }) {
    Object.assign(this, { frame, accounts, statements, settings });
    this.reset();
  }

  reset() {
    for (const statement of this.handles?.values() ?? []) statement.cancel?.();
    this.handles = new Map();
    this.requests = new Map();
  }

  static operation(exchange) {
    if (!exchange.path.startsWith(prefix)) return undefined;
    if (exchange.path === prefix) return 'submit';
    if (exchange.path.endsWith('/cancel')) return 'cancel';
    return exchange.query.has('partition') ? 'partition' : 'poll';
  }

  async handle(exchange) {
    try {
      await this.#handle(exchange);
    } catch (error) {
      if (!(error instanceof SnowflakeError)) throw error;
      this.#fail(exchange, error);
    }
  }

  async #handle(exchange) {
    if (exchange.fault('expire')) throw new SnowflakeError('390318', null, 'The token has expired.', { http: 401 });
    const user = this.accounts.ofRequest(exchange.headers);
    if (!exchange.headers['user-agent']) throw new SnowflakeError('391903', null, 'The User-Agent header is missing.', { http: 400 });
    const accept = exchange.headers.accept;
    if (accept && !/application\/json|\*\/\*/.test(accept)) throw new SnowflakeError('391902', null, 'The Accept header names a type that is not supported.', { http: 400 });
    switch (exchange.operation) {
      case 'submit': return this.#submit(exchange, user);
      case 'cancel': return this.#cancel(exchange);
      default: return this.#status(exchange);
    }
  }

  async #submit(exchange, user) {
    if (exchange.method !== 'POST') throw new SnowflakeError('390142', null, 'The method is not allowed.', { http: 405 });
    if (!/^application\/json\b/.test(exchange.headers['content-type'] ?? '')) throw new SnowflakeError('390142', null, 'The Content-Type is not JSON.', { http: 400 });
    if (exchange.query.get('nullable') === 'false') throw new SnowflakeError('000002', '0A000', 'This local server has no nullable=false.', { http: 400 });
    let body;
    try { body = exchange.json(); } catch { throw new SnowflakeError('390142', null, 'The request is not JSON.', { http: 400 }); }
    exchange.note({ statement: body.statement, parameters: body.parameters, warehouse: body.warehouse, role: body.role, requestId: exchange.query.get('requestId'), retry: exchange.query.get('retry'), timeout: body.timeout });
    const wrong = wrongInSubmission(body);
    if (wrong) throw new SnowflakeError('390142', null, `The request is not as the SQL API describes it: ${wrong}.`, { http: 400 });
    const known = exchange.query.get('retry') === 'true' ? this.requests.get(exchange.query.get('requestId')) : undefined;
    const statement = known ?? this.#start(exchange, body, user);
    if (!known && exchange.query.get('requestId')) this.requests.set(exchange.query.get('requestId'), statement);
    if (exchange.query.get('async') !== 'true') {
      await Promise.race([statement.done, new Promise((resolve) => { setTimeout(resolve, this.settings.synchronousMs).unref(); })]);
      if (statement.state !== 'running') return this.#finished(exchange, statement, 0);
    }
    this.#running(exchange, statement);
  }

  #start(exchange, body, user) {
    for (const name of Object.keys(body.parameters ?? {})) {
      const lower = name.toLowerCase();
      // They change the text of values: a client that decodes values must never send them.
      if (outputFormat.test(lower)) throw new SnowflakeError('000002', '0A000', `This local server refuses ${name}: it changes the text of values.`, { http: 400 });
      if (!parameters.has(lower)) throw new SnowflakeError('390142', null, `${name} is no parameter of the SQL API.`, { http: 400 });
      if (lower === 'timezone' && !/^(UTC|Etc\/UTC)$/.test(body.parameters[name])) throw new SnowflakeError('000002', '0A000', 'This local server has the zone UTC only.', { http: 400 });
      if (lower === 'query_tag' && String(body.parameters[name]).length > 2000) throw new SnowflakeError('001007', '22023', 'QUERY_TAG is longer than 2000 characters.');
    }
    const role = body.role ?? user.roles[0];
    if (!user.roles.includes(role)) throw new SnowflakeError('390186', null, `Role '${role}' specified in the request is not granted to this user.`, { http: 400 });
    const place = { database: body.database, schema: body.schema, suspended: this.settings.suspended };
    const statement = { handle: randomUUID(), requestId: exchange.query.get('requestId') ?? randomUUID(), state: 'running', asynchronous: exchange.query.get('async') === 'true', createdOn: Date.now(), count: 0 };
    this.handles.set(statement.handle, statement);
    const canned = this.frame.canned.get(body.statement);
    let work;
    try {
      work = canned ? { result: Promise.resolve(canned), cancel() {}, encoded: true } : this.statements.start(body.statement, body.bindings ?? {}, place);
    } catch (error) {
      if (!(error instanceof SnowflakeError)) throw error;
      // An asynchronous statement is compiled after it was accepted.
      if (!statement.asynchronous) throw Object.assign(error, { handle: statement.handle, createdOn: statement.createdOn });
      work = { result: Promise.reject(error), cancel() {} };
    }
    statement.cancel = () => {
      if (statement.state !== 'running') return;
      statement.state = 'cancelled';
      work.cancel();
    };
    const delay = this.settings.statementMs;
    const timer = body.timeout > 0 ? setTimeout(() => {
      if (statement.state === 'running') { statement.state = 'timedOut'; work.cancel(); statement.wake?.(); }
    }, body.timeout * 1000).unref() : undefined;
    statement.done = (async () => {
      try {
        if (delay > 0) await new Promise((resolve) => { statement.wake = resolve; setTimeout(resolve, delay).unref(); });
        const result = await work.result;
        if (statement.state === 'running') {
          statement.result = work.encoded ? result : encodeResult(result, place, false);
          statement.state = 'succeeded';
        }
      } catch (error) {
        if (statement.state === 'running') {
          statement.state = 'failed';
          statement.error = error;
        }
      } finally {
        clearTimeout(timer);
      }
    })();
    return statement;
  }

  async #status(exchange) {
    if (exchange.method !== 'GET') throw new SnowflakeError('390142', null, 'The method is not allowed.', { http: 405 });
    const handle = exchange.path.slice(prefix.length + 1);
    const statement = this.handles.get(handle);
    if (!statement) throw new SnowflakeError('000709', '02000', `Statement ${handle} not found`, { http: 400 });
    if (statement.state === 'running') return this.#running(exchange, statement);
    this.#finished(exchange, statement, Number(exchange.query.get('partition') ?? 0));
  }

  #running(exchange, statement) {
    exchange.send({ status: 202, body: { code: '333334', message: 'Asynchronous execution in progress. Use provided query id to perform query monitoring and management.', statementHandle: statement.handle, statementStatusUrl: `${prefix}/${statement.handle}` } });
  }

  #finished(exchange, statement, number) {
    switch (statement.state) {
      case 'cancelled': throw new SnowflakeError('000604', '57014', 'SQL execution canceled');
      case 'timedOut': throw Object.assign(new SnowflakeError('000630', '57014', 'Statement reached its statement or warehouse timeout and was canceled.', { http: 408 }), { handle: statement.handle });
      case 'failed':
        if (!(statement.error instanceof SnowflakeError)) throw statement.error;
        throw Object.assign(statement.error, { handle: statement.handle, createdOn: statement.createdOn, bare: statement.asynchronous && /^10/.test(statement.error.code) });
      default:
    }
    const { result } = statement;
    if (!(Number.isInteger(number) && number >= 0 && number < result.partitions.length)) {
      throw new SnowflakeError('391922', '22000', `Partition is out of range, valid range is 0 to ${result.partitions.length - 1}.`, { http: 400 });
    }
    const url = `${prefix}/${statement.handle}?requestId=${statement.requestId}&partition=`;
    const links = [[0, 'first'], ...(number > 0 ? [[number - 1, 'prev']] : []), ...(number + 1 < result.partitions.length ? [[number + 1, 'next']] : []), [result.partitions.length - 1, 'last']];
    const headers = { 'content-type': 'application/json', link: links.map(([page, rel]) => `<${url}${page}>; rel="${rel}"`).join(', ') };
    if (number > 0) {
      exchange.send({ headers: { ...headers, 'content-encoding': 'gzip' }, body: this.#lie(exchange, result.partitions[number].undecorated) });
      return;
    }
    const info = partitionInfo(result);
    if (exchange.fault('lieRows')) info[0].rowCount += 1;
    const meta = JSON.stringify({ numRows: result.numRows + (exchange.fault('lieRows') ? 1 : 0), format: 'jsonv2', partitionInfo: info, rowType: result.rowType });
    const rest = JSON.stringify({ code: '090001', sqlState: '00000', message: 'Statement executed successfully.', statementHandle: statement.handle, statementStatusUrl: `${url}0`, requestId: statement.requestId, createdOn: statement.createdOn });
    const text = Buffer.from(`{"resultSetMetaData":${meta},"data":[${result.partitions[0].rows}],${rest.slice(1)}`);
    const gzip = /\bgzip\b/.test(exchange.headers['accept-encoding'] ?? '');
    exchange.send({ headers: gzip ? { ...headers, 'content-encoding': 'gzip' } : headers, body: gzip ? gzipSync(text, { level: 1 }) : text });
  }

  // A partition with a row too few.
  #lie(exchange, packed) { return exchange.fault('lieRows') ? gzipSync('{"data":[]}') : packed; }

  #cancel(exchange) {
    const handle = exchange.path.slice(prefix.length + 1, -'/cancel'.length);
    exchange.note({ handle });
    const statement = this.handles.get(handle);
    statement?.cancel();
    statement?.wake?.();
    // Recorded so, without the version in the address.
    exchange.send({ body: { code: '000604', sqlState: '57014', message: 'SQL execution canceled', statementHandle: handle, statementStatusUrl: `/api/statements/${handle}` } });
  }

  #fail(exchange, error) {
    const handle = error.handle === undefined || error.bare ? {} : { statementHandle: error.handle, ...(error.createdOn ? { createdOn: error.createdOn, statementStatusUrl: `${prefix}/${error.handle}` } : {}) };
    exchange.send({ status: error.http, body: { code: error.code, ...(error.sqlState && !error.bare ? { sqlState: error.sqlState } : {}), message: error.message, ...handle } });
  }
}
