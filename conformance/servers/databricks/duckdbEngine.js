// Databricks SQL on DuckDB, where there is no Spark. The translation is the work of others and covers what it covers; where it is known to
// mean something else, the statement is refused.
import { DuckDbEngine, quote, SqlError } from '../common/duckdb.js';
import { toDuckDb } from '../common/translate.js';
import { tokens } from './lexer.js';
import { plainText } from './plainText.js';
import { replaceNames, inBackticks } from './names.js';
import { fromDuckDb, StatementProblem } from './problems.js';

export class DuckDbBehind {
  name = 'DuckDB';
  #engine;
  #registry;

  static async open(registry) {
    const behind = new DuckDbBehind();
    behind.#engine = await DuckDbEngine.open();
    behind.#registry = registry;
    await behind.#engine.run('CREATE MACRO raise_error(message) AS error(message)');
    await behind.#engine.run('CREATE MACRO hour_of_day(moment) AS hour(moment)');
    await behind.#engine.run('CREATE MACRO days_after_monday(day) AS isodow(day) - 1');
    await behind.#engine.run(`CREATE MACRO ${rowsOfTexts}(json) AS from_json(json, '[["VARCHAR"]]')`);
    return behind;
  }

  async close() { this.#engine.close(); }

  async createTable(entry, { rows, parquet }) {
    const columns = entry.columns.map((column) => ({ name: column.name, type: duckDbType(column.type), nullable: column.nullable }));
    await this.#engine.createTable({ catalog: entry.catalog, schema: entry.schema, name: entry.name, columns, rows, parquet });
  }

  async dropTable(entry) { await this.#engine.run(`DROP TABLE ${[entry.catalog, entry.schema, entry.name].map(quote).join('.')}`); }

  /** Starts a query of one statement. */
  start(sql, { use, zone }) {
    if (zone !== 'UTC' && zone !== 'Etc/UTC') throw new StatementProblem('UNSUPPORTED_FEATURE', `This server runs sessions in UTC only, not in ${zone}.`, '0A000');
    const named = replaceNames(sql, { registry: this.#registry, use, tableName: (entry) => inBackticks(entry.catalog, entry.schema, entry.name) });
    const plain = ofTheEngine(plainText(keysOfJson(named.sql)));
    let translated;
    try {
      // A cast raises an error in ANSI mode; the translator takes it for the forgiving one. What is meant to forgive is refused above.
      translated = toDuckDb(plain, 'databricks').replaceAll(/\bTRY_CAST\(/g, 'CAST(').replaceAll(interval, "INTERVAL '$1$2 days $1$3'");
    } catch (error) {
      throw error instanceof SqlError ? fromDuckDb(error) : error;
    }
    const query = this.#engine.query(translated);
    return { result: query.result.catch((error) => { throw error instanceof SqlError ? fromDuckDb(error) : error; }), cancel: () => query.cancel() };
  }

  async rowsOf(entry) {
    const { data } = await this.#engine.query(`SELECT count(*) FROM ${[entry.catalog, entry.schema, entry.name].map(quote).join('.')}`).result;
    return Number(data[0][0]);
  }
}

const rowsOfTexts = 'rows_of_texts';

// explode(from_json(text, 'array<array<string>>')), and places in its rows, which the engine counts from 1: the one use of both functions that is honoured.
function keysOfJson(sql) {
  const found = tokens(sql);
  const word = (at, text) => found[at]?.kind === 'word' && found[at].value.toLowerCase() === text;
  const mark = (at, text) => found[at]?.kind === 'mark' && found[at].value === text;
  const starts = found.map((_, i) => i).filter((i) => word(i, 'explode') && mark(i + 1, '(') && word(i + 2, 'from_json') && mark(i + 3, '(') && found[i + 4]?.kind === 'text'
    && mark(i + 5, ',') && found[i + 6]?.kind === 'text' && found[i + 6].value === 'array<array<string>>' && mark(i + 7, ')') && mark(i + 8, ')') && word(i + 9, 'as') && found[i + 10]);
  if (found.filter((_, i) => word(i, 'from_json')).length !== starts.length) throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server reads no other JSON than arrays of arrays of texts.', '0A000');
  const columns = new Set(starts.map((i) => found[i + 10].value.toLowerCase()));
  let written = '';
  let copied = 0;
  for (const [i, token] of found.entries()) {
    if (starts.includes(i)) {
      checkRows(found[i + 4].value);
      written += `${sql.slice(copied, token.start)}explode(${rowsOfTexts}(${sql.slice(found[i + 4].start, found[i + 4].end)}))`;
      copied = found[i + 8].end;
    } else if (mark(i - 1, '[') && mark(i + 1, ']') && /^\d+$/.test(token.value) && columns.has(String(found[i - 2]?.value).toLowerCase())) {
      written += `${sql.slice(copied, token.start)}${Number(token.value) + 1}`;
      copied = token.end;
    }
  }
  return written + sql.slice(copied);
}

function checkRows(text) {
  let rows;
  try { rows = JSON.parse(text); } catch { rows = undefined; }
  if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row) || row.some((part) => typeof part !== 'string'))) throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server reads no other JSON than arrays of arrays of texts.', '0A000');
}

// What both compute alike; the names of ours are macros. Any other function is refused: the translator has words for many, and not for what they mean.
const alike = new Set(['any_value', 'avg', 'cast', 'chr', 'coalesce', 'contains', 'count', 'day', 'decimal', 'dense_rank', 'endswith', 'explode', 'floor', 'hex', 'max', 'min', 'month', 'nullif', 'raise_error', 'rank', 'row_number', rowsOfTexts, 'startswith', 'sum', 'translate', 'unhex', 'year']);
const renamed = new Map([['hour', 'hour_of_day'], ['weekday', 'days_after_monday']]);
const called = new Set(['and', 'as', 'by', 'case', 'distinct', 'else', 'except', 'exists', 'from', 'having', 'in', 'intersect', 'join', 'not', 'on', 'or', 'over', 'select', 'then', 'union', 'using', 'values', 'when', 'where', 'all', 'with', 'any', 'limit', 'between']);
const refused = new Set(['collate', 'pivot', 'lateral', 'try_cast']);

// Behind these, a word with parentheses is a name: t.x, (…) v(x), AS v(x).
const isName = (before) => (before?.kind === 'mark' && ['.', ')'].includes(before.value)) || (before?.kind === 'word' && before.value.toLowerCase() === 'as');

function ofTheEngine(sql) {
  const found = tokens(sql);
  let written = '';
  let copied = 0;
  for (const [i, token] of found.entries()) {
    const name = token.kind === 'word' ? token.value.toLowerCase() : undefined;
    const isCall = name !== undefined && found[i + 1]?.kind === 'mark' && found[i + 1].value === '(' && !called.has(name) && !isName(found[i - 1]);
    if (refused.has(name) || (isCall && !alike.has(name) && !renamed.has(name))) throw new StatementProblem('UNSUPPORTED_FEATURE', `This local server cannot answer ${token.value} as Databricks does.`, '0A000');
    if (!isCall || !renamed.has(name)) continue;
    written += `${sql.slice(copied, token.start)}${renamed.get(name)}`;
    copied = token.end;
  }
  return written + sql.slice(copied);
}

// INTERVAL '-1 02:00:00' DAY TO SECOND: the sign is that of all parts.
const interval = /INTERVAL '(-?)(\d+) (\d\d:\d\d:\d\d(?:\.\d+)?)' DAY TO SECOND/g;

/** The type in which DuckDB holds a column. */
export function duckDbType({ text, neutral }) {
  if (!neutral) {
    if (/^VARIANT|^OBJECT|^GEO/.test(text)) return 'VARCHAR';
    if (/^INTERVAL/.test(text)) return 'INTERVAL';
    return /^ARRAY/.test(text) ? 'VARCHAR[]' : /^MAP/.test(text) ? 'MAP(VARCHAR, VARCHAR)' : 'STRUCT(a VARCHAR)';
  }
  switch (neutral.kind) {
    case 'decimal': return `DECIMAL(${neutral.precision},${neutral.scale})`;
    case 'instant': return 'TIMESTAMPTZ';
    case 'null': return 'INTEGER';
    default: return { boolean: 'BOOLEAN', int8: 'TINYINT', int16: 'SMALLINT', int32: 'INTEGER', int64: 'BIGINT', float32: 'FLOAT', float64: 'DOUBLE', text: 'VARCHAR', binary: 'BLOB', date: 'DATE', timestamp: 'TIMESTAMP' }[neutral.kind];
  }
}
