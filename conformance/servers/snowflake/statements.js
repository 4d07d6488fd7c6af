// A statement of Snowflake's, checked by Snowflake's rules and written for the engine behind.
import { literal, quote, SqlError } from '../common/duckdb.js';
import { toDuckDb } from '../common/translate.js';
import { Catalog } from './catalog.js';
import { ofEngine, SnowflakeError, unsupported } from './errors.js';
import { tokenize } from './lexer.js';
import { decodeName, encodeName } from './names.js';
import { bindLiteral } from './types.js';
import { Writes } from './writes.js';

const listLimit = 16_384;
const textLimit = 1024 * 1024;
const variantLimit = 16 * 1024 * 1024;
const sessionOnly = /^(BEGIN|START|COMMIT|ROLLBACK|USE|ALTER|SET|UNSET|PUT|GET|LIST|REMOVE)$/;

/** Text for the engine; it takes no U+0000 in a statement. */
export function engineText(value) {
  return value.includes('\0') ? `(${value.split('\0').map(literal).join(' || chr(0) || ')})` : literal(value);
}

/** Analyses a statement. Throws what Snowflake says when it compiles it. */
export function analyse(sql, bindings = {}) {
  if (Buffer.byteLength(sql) > textLimit) throw new SnowflakeError('000603', '54000', `SQL compilation error: the statement is longer than ${textLimit} bytes.`);
  const tokens = tokenize(sql);
  while (tokens.at(-1)?.text === ';' && tokens.at(-1).kind === 'punctuation') tokens.pop();
  if (tokens.length === 0) throw new SnowflakeError('000900', '42601', 'SQL compilation error:\nEmpty SQL Statement.', { http: 400 });
  if (tokens.some((token) => token.kind === 'punctuation' && token.text === ';')) {
    throw new SnowflakeError('000008', '0A000', 'Actual statement count 2 did not match the desired statement count 1.');
  }
  for (const token of tokens) {
    if (token.kind === 'bind' && !(token.value in bindings)) throw new SnowflakeError('002049', '42601', `SQL compilation error: error line 1 at position 0\nBind variable ${token.text} not set.`);
  }
  countLists(tokens);
  const first = tokens[0].text.toUpperCase();
  if (sessionOnly.test(first)) throw new SnowflakeError('391911', '0A000', `Command not supported by SQL API: ${first}.`);
  return { tokens, first, bindings };
}

// At most so many expressions in one list.
function countLists(tokens) {
  const open = [];
  for (const token of tokens) {
    if (token.kind !== 'punctuation') continue;
    if (token.text === '(') open.push(1);
    else if (token.text === ')') open.pop();
    else if (token.text === ',' && open.length > 0 && ++open[open.length - 1] > listLimit) {
      throw new SnowflakeError('001795', '42601', `SQL compilation error: error line 1 at position 0\nmaximum number of expressions in a list exceeded, expected at most ${listLimit}, got ${open.at(-1)}`);
    }
  }
}

/** The engine's SQL of a query. */
export function translate(tokens, bindings) {
  const names = [];
  const texts = [];
  const relations = [];
  const hasKeys = tokens.some((token) => /^FLATTEN$/i.test(token.text));
  const words = tokens.map((token, i) => {
    const start = hasKeys ? keysStart(tokens, i) : undefined;
    if (start !== undefined) return start === i ? `"FSK_${relations.push(keyRows(tokens[start + 8], bindings)) - 1}_"` : '';
    if (isHexPrefix(tokens, i)) return '';
    const added = addition(tokens, i);
    if (added !== undefined) return added;
    if (i > 0 && isHexPrefix(tokens, i - 1)) return `'FST_${texts.push(hexText(token)) - 1}_'`;
    switch (token.kind) {
      case 'name': return `"FSN_${names.push(token.value) - 1}_"`;
      case 'string': return `'FST_${texts.push(engineText(token.value)) - 1}_'`;
      case 'bind': return `'FST_${texts.push(bindLiteral(token.value, bindings[token.value], engineText)) - 1}_'`;
      case 'word': return word(token.text, tokens, i, names);
      // TIMESTAMP_NTZ(6): what the engine has by itself.
      default: return isDigits(tokens, i) ? '' : operator(token);
    }
  });
  let sql;
  try { sql = toDuckDb(words.join(' '), 'snowflake'); } catch (error) { throw ofEngine(error); }
  // What the translator leaves as it was: functions it takes for known, types inside of VALUES.
  for (const [pattern, written] of leftovers) sql = sql.replace(pattern, written);
  // In one go: what is put in may look like a placeholder itself.
  return sql.replace(/"FSN_(\d+)_"|\bFSN_(\d+)_|'FST_(\d+)_'|"FSK_(\d+)_"/g, (_, quoted, bare, text, rows) => rows !== undefined ? relations[rows] : text === undefined ? quote(encodeName(names[quoted ?? bare])) : texts[text]);
}

// TABLE(FLATTEN(INPUT => PARSE_JSON(bind))): the one form of both functions that is honoured.
const keysForm = ['TABLE', '(', 'FLATTEN', '(', 'INPUT', '=>', 'PARSE_JSON', '(', undefined, ')', ')', ')'];

function keysStart(tokens, i) {
  for (let start = Math.max(0, i - keysForm.length + 1); start <= i; start++) {
    if (tokens[start].text.toUpperCase() === 'TABLE' && keysForm.every((word, k) => (word === undefined ? tokens[start + k]?.kind === 'bind' : tokens[start + k]?.text.toUpperCase() === word))) return start;
  }
  return undefined;
}

// An array of arrays of texts as rows with a VALUE. Casts of other variants are not honoured.
function keyRows(token, bindings) {
  const { type, value } = bindings[token.value];
  if (String(type).toUpperCase() !== 'TEXT' || typeof value !== 'string') throw unsupported('PARSE_JSON of anything but a text');
  if (Buffer.byteLength(value) > variantLimit) throw new SnowflakeError('100082', '22000', `Max LOB size (${variantLimit}) exceeded, actual size of parsed column is ${Buffer.byteLength(value)}`);
  let rows;
  try { rows = JSON.parse(value); } catch { throw new SnowflakeError('100069', '22P02', 'Error parsing JSON'); }
  if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row) || row.some((part) => typeof part !== 'string' || part.includes('\0')))) throw unsupported('FLATTEN of anything but arrays of texts');
  return `(SELECT unnest(CAST(CAST(${literal(value)} AS JSON) AS JSON[])) AS ${quote(encodeName('VALUE'))})`;
}

// Names and texts are placeholders here, so that no pattern can meet them.
const leftovers = [
  [/\bSTARTSWITH\(/g, 'STARTS_WITH('], [/\bENDSWITH\(/g, 'ENDS_WITH('], [/\bDAYOFWEEKISO\(/g, 'ISODOW('], [/\bSFTOUTC\(/g, 'TIMEZONE('], [/\bSFADD\(/g, '"add"('], [/\bSFGET\(/g, 'json_extract_string('],
  [/\bNUMBER(?=\()/g, 'DECIMAL'], [/\bFLOAT\b/g, 'DOUBLE'], [/\bTIMESTAMP_?NTZ\b/g, 'TIMESTAMP'], [/\bTIMESTAMP_?LTZ\b/g, 'TIMESTAMPTZ'], [/\bBINARY\b/g, 'BLOB'],
];

// DATEADD(MONTH, -1, x) as a sum of an interval, which the translator writes at the top of a statement only.
function addition(tokens, i) {
  const start = [i, i - 1, i - 2, i - 3, i - 4, i - 5].find((at) => at >= 0 && tokens[at].kind === 'word' && /^DATEADD$/i.test(tokens[at].text) && tokens[at + 1]?.text === '(');
  if (start === undefined) return undefined;
  const negative = tokens[start + 4]?.text === '-';
  const number = tokens[start + (negative ? 5 : 4)];
  const make = { YEAR: 'TO_YEARS', MONTH: 'TO_MONTHS', DAY: 'TO_DAYS', HOUR: 'TO_HOURS', MINUTE: 'TO_MINUTES', SECOND: 'TO_SECONDS', MICROSECOND: 'TO_MICROSECONDS' }[tokens[start + 2]?.text.toUpperCase()];
  if (!make || tokens[start + 3]?.text !== ',' || number?.kind !== 'number') throw unsupported('this form of DATEADD');
  switch (i - start) {
    case 0: return 'SFADD';
    case 2: return `${make}(`;
    case 3: return '';
    case 4: return negative ? '-' : `${number.text})`;
    case 5: return negative ? `${number.text})` : undefined;
    default: return undefined;
  }
}

// X'00FF'
function isHexPrefix(tokens, i) { return tokens[i].kind === 'word' && /^x$/i.test(tokens[i].text) && tokens[i + 1]?.kind === 'string'; }

function hexText(token) {
  if (!/^([0-9a-f]{2})*$/i.test(token.value)) throw new SnowflakeError('100115', '22000', 'The hexadecimal literal is malformed.');
  return `unhex('${token.value}')`;
}

function word(text, tokens, i, names) {
  const upper = text.toUpperCase();
  if (upper === 'INFORMATION_SCHEMA') return `"FSN_${names.push(upper) - 1}_"`;
  // What the engine would answer otherwise than Snowflake.
  if (upper === 'AVG' && !exactAverage(tokens, i)) throw unsupported('AVG of anything but CAST(x AS DOUBLE)');
  if (/^(CURRENT_DATE|CURRENT_TIMESTAMP|CURRENT_TIME|SYSDATE|LOCALTIMESTAMP|RANDOM|RANDSTR|UUID_STRING|HASH|COLLATE|APPROX_COUNT_DISTINCT|HLL|QUALIFY|MEDIAN|PERCENTILE_CONT|SAMPLE|TABLESAMPLE|WEEK|WEEKOFYEAR|DAYOFWEEK|LATERAL|FLATTEN|OBJECT_CONSTRUCT|PARSE_JSON|ROUND|DIV0|LIKE|ILIKE|REGEXP|RLIKE|REGEXP_LIKE)$/.test(upper)) throw unsupported(upper);
  if (upper === 'CONVERT_TIMEZONE' && (tokens[i + 2]?.value === 'UTC' && tokens[i + 3]?.text === ',')) return 'SFTOUTC';
  if (upper === 'CONVERT_TIMEZONE') throw unsupported('CONVERT_TIMEZONE to other zones than UTC');
  if (upper === 'GET' && tokens[i + 1]?.text === '(' && tokens.some((_, at) => keysStart(tokens, at) === at)) return 'SFGET';
  if (upper === 'GET') throw unsupported('GET of anything but rows of FLATTEN');
  // An unquoted name is upper case; the engine does not mind the case of keywords.
  return upper;
}

// Whether the token is one of the three behind a timestamp type that say six digits of a second, or more.
function isDigits(tokens, i) {
  const start = [i, i - 1, i - 2].find((at) => tokens[at]?.text === '(' && /^TIMESTAMP_(NTZ|LTZ)$/i.test(tokens[at - 1]?.text ?? ''));
  if (start === undefined || tokens[start + 1]?.kind !== 'number' || tokens[start + 2]?.text !== ')') return false;
  if (!/^[6-9]$/.test(tokens[start + 1].text)) throw unsupported('timestamps of fewer than six digits of a second');
  return true;
}

function exactAverage(tokens, i) {
  return tokens[i + 1]?.text === '(' && tokens[i + 2]?.text.toUpperCase() === 'CAST';
}

function operator(token) {
  if (token.kind === 'punctuation' && (token.text === '/' || token.text === '->>' || token.text === '%')) throw unsupported(`the operator ${token.text}`);
  return token.text;
}

// Whether a table is named without its schema.
function namesNoSchema(tokens) {
  const isName = (token) => token?.kind === 'name' || token?.kind === 'word';
  return tokens.some((token, i) => token.kind === 'word' && /^(FROM|JOIN)$/i.test(token.text) && isName(tokens[i + 1]) && tokens[i + 2]?.text !== '.' && tokens[i + 2]?.text !== '(');
}

export class Statements {
  constructor(engine, catalog) {
    this.engine = engine;
    this.catalog = catalog;
    this.writes = new Writes(engine, catalog, translate);
  }

  /** Starts a statement. Gives {result: promise of {columns, data, rowCount}, cancel}. Throws what the compiler says. */
  start(sql, bindings, place) {
    const { tokens, first } = analyse(sql, bindings);
    this.#authorize(tokens);
    switch (first) {
      case 'SELECT': case 'WITH': case '(': return this.#query(translate(tokens, bindings), place, namesNoSchema(tokens));
      case 'SHOW': return done(this.#show(tokens, place));
      case 'EXPLAIN': return this.#explain(tokens, bindings, place);
      case 'CREATE': case 'INSERT': case 'DROP': return this.writes.start(tokens, bindings, place);
      default: throw unsupported(`the command ${first}`);
    }
  }

  #query(sql, place, needsDatabase = false) {
    if (place.suspended) throw new SnowflakeError('000606', '57P03', 'No active warehouse selected in the current session. Select an active warehouse with the \'use warehouse\' command.');
    // A database that is not there is an error for those statements only that need it.
    const schema = place.schema ?? 'PUBLIC';
    const use = this.catalog.hasSchema(place.database, schema) ? [encodeName(place.database), encodeName(schema)] : undefined;
    const query = this.engine.query(sql, { use });
    return {
      result: query.result.then(
        (result) => ({ ...result, columns: result.columns.map((column) => ({ ...column, name: decodeName(column.name) })) }),
        (error) => {
          const known = ofEngine(error);
          throw place.database === undefined && needsDatabase && known.code === '002003' ? new SnowflakeError('391918', '22000', 'The statement needs a current database, and the request names none.') : known;
        },
      ),
      cancel: () => query.cancel(),
    };
  }

  #authorize(tokens) {
    if (this.catalog.revoked.size === 0) return;
    const names = new Set(tokens.filter((token) => token.kind === 'name' || token.kind === 'word').map((token) => token.value ?? token.text.toUpperCase()));
    for (const table of this.catalog.named(names)) {
      if (this.catalog.revoked.has(Catalog.key(table.database, table.schema, table.name))) {
        throw new SnowflakeError('002003', '42S02', `SQL compilation error:\nObject '${table.name}' does not exist or not authorized.`);
      }
    }
  }

  #explain(tokens, bindings, place) {
    if (tokens[1]?.text.toUpperCase() !== 'USING' || tokens[2]?.text.toUpperCase() !== 'JSON') throw unsupported('EXPLAIN without USING JSON');
    const inner = tokens.slice(3);
    const names = new Set(inner.filter((token) => token.kind === 'name' || token.kind === 'word').map((token) => token.value ?? token.text.toUpperCase()));
    const tables = this.catalog.named(names);
    const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
    const plan = JSON.stringify({ GlobalStats: { partitionsTotal: tables.length, partitionsAssigned: tables.length, bytesAssigned: bytes }, Operations: [[]] });
    // The engine compiles it, so that what is wrong with the statement is said here too.
    const compiled = this.#query(`EXPLAIN ${translate(inner, bindings)}`, { ...place, suspended: false });
    return { result: compiled.result.then(() => table([['content', [plan]]])), cancel: compiled.cancel };
  }

  // SHOW PRIMARY KEYS | IMPORTED KEYS [IN DATABASE | SCHEMA | TABLE name]
  #show(tokens, place) {
    const kind = tokens.slice(1, 3).map((token) => token.text.toUpperCase()).join(' ');
    const scope = tokens[3] === undefined ? undefined : tokens[4]?.text.toUpperCase();
    const parts = tokens.slice(5).filter((token) => token.text !== '.').map((token) => token.value ?? token.text.toUpperCase());
    const tables = [...this.catalog.tables.values()].filter((entry) => {
      if (scope === undefined) return entry.database === place.database;
      const whole = { DATABASE: [entry.database], SCHEMA: [entry.database, entry.schema], TABLE: [entry.database, entry.schema, entry.name] }[scope];
      if (!whole || parts.length !== whole.length) throw unsupported('this form of SHOW');
      return whole.every((part, i) => part === parts[i]);
    });
    switch (kind) {
      case 'PRIMARY KEYS': {
        const keys = tables.flatMap((entry) => entry.primaryKey.map((column, i) => ({ entry, column, number: i + 1 })));
        return table([
          ['database_name', keys.map((key) => key.entry.database)], ['schema_name', keys.map((key) => key.entry.schema)], ['table_name', keys.map((key) => key.entry.name)],
          ['column_name', keys.map((key) => key.column)], ['key_sequence', keys.map((key) => BigInt(key.number)), 'int64'],
        ]);
      }
      case 'IMPORTED KEYS': {
        const keys = tables.flatMap((entry) => entry.foreignKeys.flatMap((key, k) => key.columns.map((column, i) => ({ entry, key, column, number: i + 1, name: `FK_${entry.name}_${k}` }))));
        return table([
          ['pk_database_name', keys.map(({ key, entry }) => key.table[2] === undefined ? entry.database : key.table[0])],
          ['pk_schema_name', keys.map(({ key, entry }) => (key.table.length === 1 ? entry.schema : key.table.at(-2)))], ['pk_table_name', keys.map(({ key }) => key.table.at(-1))],
          ['pk_column_name', keys.map(({ key, number }) => key.references[number - 1])], ['fk_database_name', keys.map(({ entry }) => entry.database)], ['fk_schema_name', keys.map(({ entry }) => entry.schema)],
          ['fk_table_name', keys.map(({ entry }) => entry.name)], ['fk_column_name', keys.map(({ column }) => column)], ['key_sequence', keys.map(({ number }) => BigInt(number)), 'int64'],
          ['fk_name', keys.map(({ name }) => name)],
        ]);
      }
      default: throw unsupported(`SHOW ${kind}`);
    }
  }
}

function table(columns) {
  return { columns: columns.map(([name, , kind]) => ({ name, type: { kind: kind ?? 'text' } })), data: columns.map(([, values]) => values), rowCount: columns[0][1].length };
}

function done(result) { return { result: Promise.resolve(result), cancel() {} }; }

export { SqlError };
