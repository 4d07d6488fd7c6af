// Statements that write: tables are made, filled by a SELECT and dropped in the schemas where that is allowed, and nowhere else.
import { quote } from '../common/duckdb.js';
import { ofEngine, SnowflakeError, unsupported } from './errors.js';
import { encodeName } from './names.js';

export class Writes {
  #engine;
  #catalog;
  #translate;

  constructor(engine, catalog, translate) {
    this.#engine = engine;
    this.#catalog = catalog;
    this.#translate = translate;
  }

  start(tokens, bindings, place) {
    const at = { position: 0, tokens };
    let run;
    switch (word(at)) {
      case 'CREATE': run = this.#create(at, place); break;
      case 'INSERT': run = this.#insert(at, bindings, place); break;
      default: run = this.#drop(at, place);
    }
    return { result: run, cancel() {} };
  }

  // CREATE [TRANSIENT] TABLE name (column type, …) [DATA_RETENTION_TIME_IN_DAYS = 0]
  #create(at, place) {
    if (peek(at) === 'TRANSIENT') word(at);
    expect(at, 'TABLE');
    const target = this.#target(at, place);
    expect(at, '(');
    const columns = [];
    do {
      const name = nameOf(at);
      let type = word(at);
      for (let depth = 0; depth > 0 || (peek(at) !== ',' && peek(at) !== ')');) {
        const next = word(at);
        depth += next === '(' ? 1 : next === ')' ? -1 : 0;
        type += next;
      }
      columns.push({ name, type });
    } while (word(at) === ',');
    if (peek(at) === 'DATA_RETENTION_TIME_IN_DAYS') { word(at); expect(at, '='); expect(at, '0'); }
    end(at);
    if (this.#catalog.find(target)) throw new SnowflakeError('002002', '42710', `SQL compilation error:\nObject '${target.name}' already exists.`);
    return this.#catalog.createTable({ ...target, columns, rows: [] }).then(() => text('status', `Table ${target.name} successfully created.`));
  }

  // INSERT INTO name (column, …) SELECT …
  #insert(at, bindings, place) {
    expect(at, 'INTO');
    const target = this.#target(at, place);
    const entry = this.#required(target);
    const columns = [];
    expect(at, '(');
    do { columns.push(nameOf(at)); } while (word(at) === ',');
    const query = at.tokens.slice(at.position);
    if (!/^SELECT$/i.test(query[0]?.text ?? '')) throw unsupported('INSERT of anything but a SELECT');
    const sql = `INSERT INTO ${path(target)} (${columns.map((name) => quote(encodeName(name))).join(', ')}) ${this.#translate(query, bindings)}`;
    return this.#engine.run(sql).then(
      async () => {
        const before = entry.rows;
        await this.#catalog.count(entry);
        return { columns: [{ name: 'number of rows inserted', type: { kind: 'int64' } }], data: [[BigInt(entry.rows - before)]], rowCount: 1 };
      },
      (error) => { throw ofEngine(error); },
    );
  }

  // DROP TABLE [IF EXISTS] name
  #drop(at, place) {
    expect(at, 'TABLE');
    const forgiving = peek(at) === 'IF';
    if (forgiving) { word(at); expect(at, 'EXISTS'); }
    const target = this.#target(at, place);
    end(at);
    if (!this.#catalog.find(target)) {
      if (!forgiving) this.#required(target);
      return Promise.resolve(text('status', 'Drop statement executed successfully.'));
    }
    return this.#catalog.dropTable(target).then(() => text('status', `${target.name} successfully dropped.`));
  }

  #target(at, place) {
    const parts = [nameOf(at)];
    while (peek(at) === '.') { word(at); parts.push(nameOf(at)); }
    const [name, schema = place.schema ?? 'PUBLIC', database = place.database] = parts.reverse();
    if (!this.#catalog.isWritable(database, schema)) throw new SnowflakeError('003001', '42501', `SQL access control error:\nInsufficient privileges to operate on schema '${schema}'.`);
    return { database, schema, name };
  }

  #required(target) {
    const entry = this.#catalog.find(target);
    if (!entry) throw new SnowflakeError('002003', '42S02', `SQL compilation error:\nObject '${target.name}' does not exist or not authorized.`);
    return entry;
  }
}

const path = ({ database, schema, name }) => [database, schema, name].map((part) => quote(encodeName(part))).join('.');
const peek = (at) => at.tokens[at.position]?.text.toUpperCase();

function word(at) {
  const token = at.tokens[at.position++];
  if (token === undefined) throw new SnowflakeError('001003', '42000', 'SQL compilation error:\nsyntax error: unexpected end.');
  return token.text.toUpperCase();
}

function expect(at, text) { if (word(at) !== text) throw unsupported(`this form of the statement: ${text} was expected`); }

function end(at) { if (at.position !== at.tokens.length) throw unsupported('what follows the statement'); }

function nameOf(at) {
  const token = at.tokens[at.position++];
  if (token?.kind !== 'name' && token?.kind !== 'word') throw unsupported('a name of this form');
  return token.value ?? token.text.toUpperCase();
}

function text(name, value) { return { columns: [{ name, type: { kind: 'text' } }], data: [[value]], rowCount: 1 }; }
