// The life of statements: submitted, polled, cancelled, and their results in chunks.
import { randomBytes, randomUUID } from 'node:crypto';
import { encodeRows } from '../common/arrow.js';
import { bind } from './parameters.js';
import { command } from './commands.js';
import { write } from './writes.js';
import { replaceNames } from './names.js';
import { SqlError } from '../common/duckdb.js';
import { StatementProblem, Refusal, invalid, fromDuckDb } from './problems.js';
import { manifestColumn, jsonCell } from './types.js';
import { lz4 } from './lz4.js';

const inlineLimit = 25 * 1024 * 1024;
const statementLimit = 16 * 1024 * 1024;
const mostStatements = 500;

export class Statements {
  #server;
  #all = new Map();

  constructor(server) { this.#server = server; }

  clear() { this.#all.clear(); }

  find(id) {
    const statement = this.#all.get(id);
    if (!statement) throw new Refusal(404, 'NOT_FOUND', `The statement ${id} was not found.`);
    return statement;
  }

  cancel(id) {
    const statement = this.#all.get(id);
    if (!statement || statement.final) return;
    statement.cancelled = true;
    statement.wake?.();
    statement.query?.cancel();
  }

  /** Checks a request and starts its statement. */
  submit(body, exchange) {
    const request = this.#check(body);
    const id = `01f0${randomUUID().slice(4)}`;
    const statement = { id, request, state: 'PENDING', final: false, number: this.#all.size + 1, faults: exchange.faults ?? [] };
    this.#all.set(id, statement);
    // Results are kept for an hour by the service, and here as long as there is room.
    for (const old of this.#all.keys()) { if (this.#all.size <= mostStatements) break; this.#all.delete(old); }
    statement.done = this.#run(statement).then(() => { statement.final = true; });
    exchange.note({ statement: request.statement, statementId: id, disposition: request.disposition, format: request.format, session: request.session?.id });
    return statement;
  }

  #check(body) {
    const { settings, sessions, canned } = this.#server;
    if (body.warehouse_id === undefined) throw new Refusal(400, 'BAD_REQUEST', 'Required field warehouse_id is missing.');
    if (!/^[0-9a-f]{16}$/.test(body.warehouse_id)) throw invalid(`${body.warehouse_id} is not a valid endpoint id.`);
    if (body.warehouse_id !== settings.warehouseId) throw new Refusal(403, 'PERMISSION_DENIED', `You do not have permission to use the SQL Warehouse ${body.warehouse_id}.`);
    if (typeof body.statement !== 'string') throw new Refusal(400, 'BAD_REQUEST', 'Required field statement is missing.');
    if (Buffer.byteLength(body.statement) > statementLimit) throw invalid('The statement is larger than 16 MiB.');
    let session;
    if (body.session_id !== undefined) {
      if (body.catalog !== undefined || body.schema !== undefined) throw invalid('catalog and schema belong to the session.');
      session = sessions.get(body.session_id);
      if (!session) throw new Refusal(404, 'NOT_FOUND', `The session ${body.session_id} was not found.`);
    }
    const wait = body.wait_timeout === undefined ? 10 : durationSeconds(body.wait_timeout);
    if (wait !== 0 && (wait < 5 || wait > 50)) throw invalid('wait_timeout must be 0s, or between 5s and 50s.');
    const disposition = ['INLINE', 'EXTERNAL_LINKS', 'INLINE_OR_EXTERNAL_LINKS'].includes(body.disposition) ? body.disposition : 'INLINE';
    const format = ['JSON_ARRAY', 'ARROW_STREAM', 'CSV'].includes(body.format) ? body.format : 'JSON_ARRAY';
    if (disposition === 'INLINE' && format !== 'JSON_ARRAY') throw invalid('Incompatible parameters: The format field must be JSON_ARRAY when the disposition field is INLINE.');
    if (format === 'CSV') throw new Refusal(501, 'NOT_IMPLEMENTED', 'This server writes no CSV: NULL and the text null would be the same.');
    if (body.row_limit !== undefined && !(Number.isInteger(body.row_limit) && body.row_limit >= 0 && body.row_limit <= 2147483647)) throw invalid('row_limit is out of range.');
    if (body.byte_limit !== undefined && !(Number.isInteger(body.byte_limit) && body.byte_limit >= 1)) throw invalid('byte_limit is out of range.');
    return {
      statement: body.statement, parameters: body.parameters ?? [], session, wait, disposition, format,
      cancelsOnTimeout: body.on_wait_timeout === 'CANCEL' && wait !== 0,
      compression: format === 'ARROW_STREAM' && body.result_compression === 'LZ4_FRAME' ? 'LZ4_FRAME' : undefined,
      rowLimit: body.row_limit, byteLimit: body.byte_limit,
      use: { catalog: session?.catalog ?? body.catalog ?? 'workspace', schema: session?.schema ?? body.schema ?? 'default' },
      zone: session?.confs.TIMEZONE ?? 'Etc/UTC',
      timeoutSeconds: Number(session?.confs.STATEMENT_TIMEOUT ?? 0),
      canned: canned.get(body.statement),
    };
  }

  async #run(statement) {
    const { request } = statement;
    const { settings, warehouse } = this.#server;
    try {
      await warehouse.ready(statement);
      if (statement.cancelled) { statement.state = 'CANCELED'; return; }
      statement.state = 'RUNNING';
      const slow = statement.faults.find((fault) => fault.kind === 'slow');
      if (slow) {
        await new Promise((resolve) => { statement.wake = resolve; setTimeout(resolve, slow.ms ?? 60_000).unref(); });
        if (statement.cancelled) { statement.state = 'CANCELED'; return; }
      }
      if (request.canned) {
        statement.result = request.canned;
        statement.state = 'SUCCEEDED';
        return;
      }
      const answer = await this.#answer(statement);
      if (statement.cancelled) { statement.state = 'CANCELED'; return; }
      statement.result = new Result(answer, request, settings);
      statement.state = 'SUCCEEDED';
    } catch (error) {
      if (statement.cancelled) { statement.state = 'CANCELED'; return; }
      statement.state = 'FAILED';
      if (!(error instanceof StatementProblem)) console.error(error);
      const hidesState = statement.faults.some((fault) => fault.kind === 'noSqlState');
      statement.error = {
        error: { error_code: 'BAD_REQUEST', message: error.message },
        ...(error.sqlState && !hidesState ? { sql_state: error.sqlState } : {}),
      };
    }
  }

  async #answer(statement) {
    const { request } = statement;
    const { registry, engine } = this.#server;
    const sql = bind(request.statement, request.parameters);
    const written = await write(sql, { registry, engine, use: request.use, zone: request.zone, onQuery: (query) => { statement.query = query; } });
    if (written) return written;
    const own = await command(sql, { registry, engine, use: request.use, session: request.session });
    if (own) return own;
    const named = replaceNames(sql, { registry, use: request.use, tableName: () => '' });
    const running = named.metadata
      ? await registry.query(this.#server.translate(named.sql))
      : engine.start(sql, { use: request.use, zone: request.zone });
    statement.query = running;
    let timer;
    if (request.timeoutSeconds > 0) timer = setTimeout(() => { statement.timedOut = true; running.cancel(); }, request.timeoutSeconds * 1000);
    try {
      const result = await running.result;
      return result;
    } catch (error) {
      if (statement.timedOut) throw new StatementProblem('QUERY_EXECUTION_TIMEOUT_EXCEEDED', 'The statement took longer than its limit.', '57KD0');
      throw error instanceof SqlError ? fromDuckDb(error) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The rows of a statement, cut into chunks and encoded when asked for. */
export class Result {
  constructor({ columns, data, rowCount }, request, settings) {
    this.columns = columns;
    this.request = request;
    this.data = data;
    this.settings = settings;
    this.truncated = request.rowLimit !== undefined && rowCount > request.rowLimit;
    this.rowCount = this.truncated ? request.rowLimit : rowCount;
    if (request.rowLimit === 0) this.truncated = true;
    if (settings.truncateAtRows !== undefined && this.rowCount > settings.truncateAtRows) { this.rowCount = settings.truncateAtRows; this.truncated = true; }
    this.chunks = [];
    for (let start = 0; start < this.rowCount; start += settings.chunkRows) {
      this.chunks.push({ chunk_index: this.chunks.length, row_offset: start, row_count: Math.min(settings.chunkRows, this.rowCount - start) });
    }
    if (request.byteLimit !== undefined && this.chunks.length > 0 && this.bytesOf(0).length > request.byteLimit) { this.chunks = []; this.rowCount = 0; this.truncated = true; }
    if (request.disposition === 'INLINE') {
      const total = this.chunks.reduce((sum, _, i) => sum + JSON.stringify(this.rowsOf(i)).length, 0);
      if (total > inlineLimit) throw new StatementProblem('INLINE_RESULT_TOO_LARGE', 'Inline byte limit exceeded. Statements executed with disposition=INLINE can have a result size of at most 26214400 bytes.', '54000');
    }
  }

  get isInlineArrow() { return this.request.disposition === 'INLINE_OR_EXTERNAL_LINKS' && this.request.format === 'ARROW_STREAM' && this.rowCount <= this.settings.attachmentRows; }

  rowsOf(index) {
    const { row_offset: from, row_count: count } = this.chunks[index];
    return Array.from({ length: count }, (_, i) => this.columns.map((column, c) => jsonCell(this.data[c][from + i], column.type)));
  }

  /** The stored bytes of a chunk: an Arrow stream, compressed if that was asked for, or JSON. */
  bytesOf(index) {
    const { row_offset: from, row_count: count } = this.chunks[index];
    if (this.request.format === 'JSON_ARRAY') return Buffer.from(JSON.stringify(this.rowsOf(index)));
    const plain = this.plainBytesOf(from, count);
    return this.request.compression ? lz4(plain, this.settings.lz4) : plain;
  }

  plainBytesOf(from, count) { return encodeRows(this.columns, this.data, from, from + count, { batchRows: this.settings.batchRows, zone: this.request.zone }); }

  manifest() {
    return {
      format: this.request.format,
      schema: { column_count: this.columns.length, columns: this.columns.map((column, i) => manifestColumn(column.name, column.type, i)) },
      total_chunk_count: this.chunks.length,
      ...(this.chunks.length > 0 ? { chunks: this.chunks } : {}),
      total_row_count: this.rowCount,
      truncated: this.truncated,
      ...(this.request.compression ? { result_compression: this.request.compression } : {}),
    };
  }
}

/** A result that was registered: {columns: [{name, type}], chunks: [{rowCount, base64 | repeat}]} with Arrow streams or JSON as they go over the wire. */
export class CannedResult {
  constructor(entry) {
    this.columns = entry.columns;
    this.stored = entry.chunks.map((chunk) => Buffer.from(chunk.base64, 'base64'));
    let offset = 0;
    const repeat = entry.repeat ?? 1;
    this.chunks = Array.from({ length: entry.chunks.length * repeat }, (_, i) => {
      const count = entry.chunks[i % entry.chunks.length].rowCount;
      const chunk = { chunk_index: i, row_offset: offset, row_count: count };
      offset += count;
      return chunk;
    });
    this.rowCount = offset;
    this.format = entry.format ?? 'ARROW_STREAM';
    this.isInlineArrow = false;
  }

  bytesOf(index) { return this.stored[index % this.stored.length]; }

  manifest() {
    return {
      format: this.format,
      schema: { column_count: this.columns.length, columns: this.columns.map((column, i) => manifestColumn(column.name, column.type, i)) },
      total_chunk_count: this.chunks.length, chunks: this.chunks, total_row_count: this.rowCount, truncated: false,
    };
  }
}

function durationSeconds(text) {
  const match = /^(\d+)(?:\.\d+)?s$/.exec(text);
  if (!match) throw invalid('Error while parsing type: duration.');
  return Number(match[1]);
}

export class Links {
  #server;
  #links = new Map();

  constructor(server) { this.#server = server; }

  clear() { this.#links.clear(); }

  /** A new link to a chunk: every call another URL. */
  make(statement, index, now = Date.now()) {
    const { settings } = this.#server;
    const signature = randomBytes(16).toString('hex');
    const lie = statement.faults.find((fault) => fault.kind === 'linkHost');
    const expires = now + settings.linkSeconds * 1000;
    this.#links.set(signature, { statement, index, expires });
    const bytes = statement.result.bytesOf(index);
    const chunk = statement.result.chunks[index];
    const link = {
      ...chunk,
      byte_count: bytes.length,
      external_link: lie ? lie.url : `http://127.0.0.1:${this.#server.storagePort}/storage/${statement.id}/${index}?X-Databricks-TTL=${settings.linkSeconds}&X-Databricks-Signature=${signature}`,
      expiration: new Date(expires).toISOString(),
    };
    if (index + 1 < statement.result.chunks.length) {
      link.next_chunk_index = index + 1;
      link.next_chunk_internal_link = `/api/2.0/sql/statements/${statement.id}/result/chunks/${index + 1}?row_offset=${chunk.row_offset + chunk.row_count}`;
    }
    if (settings.linkHeaders) link.http_headers = settings.linkHeaders;
    return link;
  }

  /** GET of a link. */
  answer(exchange) {
    const { settings } = this.#server;
    const refused = (status, code) => exchange.send({ status, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>` });
    if (exchange.headers.authorization !== undefined) { exchange.note({ leakedAuthorization: true }); return refused(400, 'InvalidArgument'); }
    const link = this.#links.get(exchange.query.get('X-Databricks-Signature'));
    if (!link || exchange.path !== `/storage/${link.statement.id}/${link.index}`) return refused(403, 'SignatureDoesNotMatch');
    if (link.expires <= Date.now() || exchange.fault('expire')) return refused(403, 'ExpiredToken');
    for (const [name, value] of Object.entries(settings.linkHeaders ?? {})) if (exchange.headers[name.toLowerCase()] !== value) return refused(403, 'MissingHeader');
    return exchange.send({ headers: { 'content-type': 'application/octet-stream' }, body: link.statement.result.bytesOf(link.index) });
  }
}
