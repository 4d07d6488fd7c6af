// One HTTP request and its answer, with the faults that were asked for.
import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';

const bodyLimit = 256 * 1024 * 1024;

export class Exchange {
  constructor(request, response, frame) {
    this.request = request;
    this.response = response;
    this.frame = frame;
    this.method = request.method;
    this.url = new URL(request.url, 'http://localhost');
    this.path = this.url.pathname;
    this.query = this.url.searchParams;
    this.headers = request.headers;
    this.operation = '';
    this.body = Buffer.alloc(0);
    this.answered = false;
    this.notes = {};
    this.secure = Boolean(request.socket.encrypted);
  }

  get closed() { return this.response.destroyed || this.response.socket?.destroyed; }

  async readBody() {
    const parts = [];
    let size = 0;
    for await (const part of this.request) {
      size += part.length;
      if (size > bodyLimit) throw new Error('The request is larger than this server reads.');
      parts.push(part);
    }
    const raw = Buffer.concat(parts);
    const encoding = this.headers['content-encoding'];
    this.body = encoding === 'gzip' ? gunzipSync(raw) : encoding === 'deflate' ? inflateSync(raw) : raw;
  }

  text() { return this.body.toString('utf8'); }

  /** The body as JSON; throws SyntaxError. */
  json() { return JSON.parse(this.text()); }

  /** Adds what the log shall show of this request: statement, parameters, tags. Never secrets. */
  note(members) { Object.assign(this.notes, members); }

  /** Applies the faults that hit before the vendor handles the request. False: the exchange is over. */
  async applyFaults(faults, handler) {
    for (const fault of faults.take(this)) {
      switch (fault.kind) {
        case 'delay':
          await sleep(fault.ms ?? 1000);
          break;
        case 'drop':
          this.request.socket.destroy();
          this.answered = true;
          return false;
        case 'throttle':
        case 'status': {
          const own = handler.reject?.(this, fault) ?? {};
          this.sendNow({
            status: fault.status ?? own.status ?? (fault.kind === 'throttle' ? 429 : 500),
            headers: { ...own.headers, ...fault.headers },
            body: fault.body ?? own.body ?? '',
          });
          return false;
        }
        case 'truncate':
          this.truncateAt = fault.bytes ?? 100;
          break;
        case 'replaceBody':
          this.replacement = Buffer.from(fault.body ?? '', fault.encoding ?? 'utf8');
          this.replacementHeaders = fault.headers ?? {};
          break;
        case 'loseResponse':
          this.lose = true;
          break;
        default:
          // The vendor's own kinds: expire, lieRows, ...
          (this.faults ??= []).push(fault);
      }
    }
    return true;
  }

  /** The vendor's own fault of this kind for this request, if one was asked for. */
  fault(kind) { return this.faults?.find((fault) => fault.kind === kind); }

  /** Answers. `body` is a Buffer, a string, or anything else as JSON; `gzip` compresses it. */
  send({ status = 200, headers = {}, body = '', gzip = false } = {}) {
    if (this.lose) {
      this.answered = true;
      this.request.socket.destroy();
      return;
    }
    this.sendNow({ status, headers: this.replacement ? { ...headers, ...this.replacementHeaders } : headers, body: this.replacement ?? body, gzip: gzip && !this.replacement });
  }

  /** Answers without the faults of this exchange, but for truncation. */
  sendNow({ status, headers = {}, body = '', gzip = false }) {
    if (this.answered) throw new Error('This request was answered already.');
    this.answered = true;
    if (this.closed) return;
    const isJson = !(body instanceof Uint8Array) && typeof body !== 'string';
    let bytes = isJson ? Buffer.from(JSON.stringify(body)) : typeof body === 'string' ? Buffer.from(body) : body;
    const all = { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers };
    if (gzip) {
      bytes = gzipSync(bytes, { level: 1 });
      all['content-encoding'] = 'gzip';
    }
    all['content-length'] = bytes.length;
    this.response.writeHead(status, all);
    if (this.method === 'HEAD') { this.response.end(); return; }
    if (this.truncateAt !== undefined && this.truncateAt < bytes.length) {
      this.response.write(bytes.subarray(0, this.truncateAt), () => this.request.socket.destroy());
      return;
    }
    this.response.end(bytes);
  }
}
