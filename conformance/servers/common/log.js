// The requests that a server has seen, without secrets.
const secretHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'x-goog-api-key']);
const limit = 100_000;

export class Log {
  #entries = [];
  #count = 0;

  /** Logs an HTTP request; the vendor adds to it with exchange.note(...). */
  add(exchange) {
    const headers = {};
    for (const [name, value] of Object.entries(exchange.headers)) headers[name] = secretHeaders.has(name) ? `${String(value).split(' ', 1)[0]} ***` : value;
    return this.#push({ method: exchange.method, path: exchange.path, operation: exchange.operation, headers, bytes: exchange.body.length, notes: exchange.notes });
  }

  /** Logs what came over another protocol than HTTP/1. */
  addOther(operation, notes = {}) { return this.#push({ method: '', path: '', operation, headers: {}, bytes: 0, notes }); }

  #push(entry) {
    const whole = { number: ++this.#count, ...entry };
    if (this.#entries.length < limit) this.#entries.push(whole);
    return whole;
  }

  /** All entries; `notes` become members of the entry. */
  list() { return this.#entries.map(({ notes, ...entry }) => ({ ...entry, ...notes })); }

  clear() { this.#entries = []; this.#count = 0; }
}
