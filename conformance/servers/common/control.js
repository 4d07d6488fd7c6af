// The control endpoint: what tests say to a server beside the vendor's protocol.
//   POST /__control/tables   {database|catalog, schema, name, columns: [{name, type, nullable?}], rows: [[...]] | parquet: path}   one, or an array of them
//   POST /__control/faults   {match: {path|operation|method|statement}, kind, times?, skip?, ...}                                one, or an array of them
//   GET  /__control/faults   the faults that wait
//   POST /__control/canned   {statement, ...} a result that is encoded already, given for exactly this statement
//   GET  /__control/log      the requests that were seen; DELETE forgets them
//   POST /__control/reset    forgets faults, canned results, the log and the vendor's state; tables stay unless {"tables": true}
//   POST /__control/vendor   whatever only one vendor has; its server.js says what
export class Control {
  #frame;
  #handler;

  constructor(frame, handler) {
    this.#frame = frame;
    this.#handler = handler;
  }

  async handle(exchange) {
    const name = exchange.path.slice('/__control/'.length);
    try {
      exchange.sendNow({ status: 200, body: await this.#answer(exchange.method, name, exchange) });
    } catch (error) {
      exchange.sendNow({ status: 400, body: { error: String(error?.message ?? error), stack: error?.stack } });
    }
  }

  async #answer(method, name, exchange) {
    const { log, faults, canned } = this.#frame;
    switch (`${method} ${name}`) {
      case 'POST tables': {
        for (const table of many(exchange.json())) await this.#handler.createTable(check(table));
        return {};
      }
      case 'POST faults':
        for (const fault of many(exchange.json())) faults.add(fault, this.#handler.faultKinds);
        return {};
      case 'GET faults':
        return { waiting: faults.waiting() };
      case 'POST canned':
        for (const entry of many(exchange.json())) {
          if (typeof entry.statement !== 'string') throw new Error('A canned result needs a statement.');
          canned.set(entry.statement, this.#handler.canned ? await this.#handler.canned(entry) : entry);
        }
        return {};
      case 'GET log':
        return { requests: log.list() };
      case 'DELETE log':
        log.clear();
        return {};
      case 'POST reset': {
        const asked = exchange.body.length > 0 ? exchange.json() : {};
        log.clear();
        faults.clear();
        canned.clear();
        await this.#handler.reset?.(asked);
        return {};
      }
      case 'POST vendor':
        // What only one vendor has (revoke a grant, stop the warehouse).
        if (!this.#handler.control) throw new Error('This server has no controls of its own.');
        return (await this.#handler.control(exchange.json())) ?? {};
      default:
        throw new Error(`There is no control ${method} ${name}.`);
    }
  }
}

const many = (value) => (Array.isArray(value) ? value : [value]);

function check(table) {
  if (typeof table.name !== 'string' || table.name === '') throw new Error('A table needs a name.');
  if (!Array.isArray(table.columns) || table.columns.length === 0) throw new Error(`Table ${table.name} needs columns.`);
  for (const column of table.columns) {
    if (typeof column.name !== 'string' || typeof column.type !== 'string') throw new Error(`A column of ${table.name} needs a name and a type.`);
  }
  if ((table.rows === undefined) === (table.parquet === undefined)) throw new Error(`Table ${table.name} needs either rows or parquet.`);
  for (const row of table.rows ?? []) {
    if (row.length !== table.columns.length) throw new Error(`A row of ${table.name} has ${row.length} values for ${table.columns.length} columns.`);
  }
  return table;
}
