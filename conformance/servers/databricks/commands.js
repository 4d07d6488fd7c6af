// Statements that are no queries: SHOW, DESCRIBE, EXPLAIN, SET, USE. Answered from the registry; null for a query.
import { tokens } from './lexer.js';
import { StatementProblem } from './problems.js';
import { replaceNames } from './names.js';

const text = { kind: 'text' };
const table = (names, rows) => ({
  columns: names.map(([name, type = text]) => ({ name, type })),
  data: names.map((_, i) => rows.map((row) => row[i])),
  rowCount: rows.length,
});

export async function command(sql, { registry, engine, use, session }) {
  const found = tokens(sql);
  const words = found.map((token) => (token.kind === 'word' ? token.value.toUpperCase() : token.kind === 'mark' ? token.value : ''));
  const starts = (...expected) => expected.every((word, i) => words[i] === word);
  const nameFrom = (at) => {
    const parts = [found[at]?.value];
    while (words[at + 1] === '.' && found[at + 2]) { parts.push(found[at + 2].value); at += 2; }
    if (parts[0] === undefined || at !== found.length - 1) throw new StatementProblem('PARSE_SYNTAX_ERROR', 'Syntax error.', '42601');
    return parts;
  };
  const visible = registry.all().filter((entry) => !registry.isHidden(entry));

  if (starts('SHOW', 'CATALOGS')) return table([['catalog']], [...new Set([...visible.map((entry) => entry.catalog), 'system', 'workspace'])].sort().map((name) => [name]));
  if (starts('SHOW', 'SCHEMAS', 'IN') || starts('SHOW', 'DATABASES', 'IN')) {
    const [catalog] = nameFrom(3);
    return table([['databaseName']], [...new Set(visible.filter((entry) => entry.catalog === catalog.toLowerCase()).map((entry) => entry.schema))].sort().map((name) => [name]));
  }
  if (starts('SHOW', 'TABLES', 'IN') || starts('SHOW', 'TABLES', 'FROM')) {
    const parts = nameFrom(3).map((part) => part.toLowerCase());
    const [catalog, schema] = parts.length === 2 ? parts : [use.catalog, parts[0]];
    return table([['database'], ['tableName'], ['isTemporary', { kind: 'boolean' }]], visible.filter((entry) => entry.catalog === catalog && entry.schema === schema).map((entry) => [entry.schema, entry.name, false]));
  }
  if (starts('DESCRIBE', 'DETAIL')) {
    const entry = registry.require(nameFrom(2), use);
    if (entry.kind === 'VIEW') throw new StatementProblem('EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE', 'DESCRIBE DETAIL expects a table.', '42809');
    const names = [['format'], ['id'], ['name'], ['location'], ['numFiles', { kind: 'int64' }], ['sizeInBytes', { kind: 'int64' }]];
    return table(names, [['delta', 'local', `${entry.catalog}.${entry.schema}.${entry.name}`, null, 1n, BigInt(entry.bytes ?? 0)]]);
  }
  if (starts('DESCRIBE', 'TABLE') || starts('DESC', 'TABLE') || (starts('DESCRIBE') && words.length > 1)) {
    const at = words[1] === 'TABLE' ? 2 : 1;
    if (words[at] === 'EXTENDED' || words[at] === 'FORMATTED') throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server does not extend descriptions.', '0A000');
    const entry = registry.require(nameFrom(at), use);
    return table([['col_name'], ['data_type'], ['comment']], entry.columns.map((column) => [column.name, column.type.text.toLowerCase(), null]));
  }
  if (starts('EXPLAIN', 'COST')) return table([['plan']], [[await costs(sql.slice(found[1].end), { registry, engine, use })]]);
  if (starts('EXPLAIN')) throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server explains with EXPLAIN COST only.', '0A000');
  if (starts('USE')) {
    const parts = nameFrom(['CATALOG', 'SCHEMA', 'DATABASE'].includes(words[1]) ? 2 : 1);
    if (session) {
      // Without a session the effect would be gone with the statement.
      if (words[1] === 'CATALOG') session.catalog = parts[0];
      else [session.catalog, session.schema] = parts.length === 2 ? parts : [session.catalog ?? use.catalog, parts[0]];
    }
    return table([], []);
  }
  if (starts('SET')) return table([['key'], ['value']], []);
  if (['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'CREATE', 'DROP', 'ALTER', 'TRUNCATE', 'GRANT', 'REVOKE', 'COPY', 'ANALYZE', 'OPTIMIZE', 'BEGIN', 'DECLARE', 'EXECUTE', 'CALL', 'VACUUM', 'REFRESH', 'CACHE'].includes(words[0])) {
    throw new StatementProblem('UNSUPPORTED_FEATURE', `This server does not write: ${words[0]} is refused.`, '0A000');
  }
  return null;
}

// What the optimizer knows of a single table; a join has no estimate here, as on a warehouse without statistics.
async function costs(query, { registry, engine, use }) {
  const { tables } = replaceNames(query, { registry, use, tableName: () => '' });
  const [entry] = tables;
  const statistics = tables.length !== 1 || entry.bytes === null || entry.kind === 'VIEW'
    ? 'Statistics(sizeInBytes=8.0 EiB)'
    : `Statistics(sizeInBytes=${size(entry.bytes)}${entry.rowCount === null ? '' : `, rowCount=${scientific(entry.rowCount)}`})`;
  return `== Optimized Logical Plan ==\nRelation ${tables.map((one) => `${one.catalog}.${one.schema}.${one.name}`).join(', ')}[] parquet, ${statistics}\n\n== Physical Plan ==\nPhotonScan\n`;
}

function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];
  let unit = 0;
  let value = bytes;
  while (value >= 2048 && unit < units.length - 1) { value /= 1024; unit++; }
  return `${value.toFixed(1)} ${units[unit]}`;
}

// Spark prints counts with three digits: 1.23E+6.
function scientific(count) {
  if (count < 1000) return String(count);
  const [mantissa, exponent] = count.toExponential(2).split('e');
  return `${mantissa}E${exponent}`;
}
