// Statements that write: tables are made, filled by a SELECT and dropped in schemas where that is allowed; all others are refused. null for a query.
import { tokens } from './lexer.js';
import { StatementProblem } from './problems.js';
import { Registry, qualify } from './registry.js';

const day = (days) => new Date(Number(days) * 86_400_000).toISOString().slice(0, 10);
const textOf = (value, kind) => (value === null ? null : kind === 'date' ? day(value) : String(value));
const nothing = { columns: [], data: [], rowCount: 0 };

export async function write(sql, { registry, engine, use, zone, onQuery }) {
  const found = tokens(sql);
  let at = 0;
  const is = (...words) => words.every((word, i) => found[at + i]?.value.toUpperCase() === word && found[at + i].kind !== 'name' && found[at + i].kind !== 'text');
  const expect = (...words) => { if (!is(...words)) throw unsupported(); at += words.length; };
  if (!is('CREATE', 'TABLE') && !is('INSERT', 'INTO') && !is('DROP', 'TABLE')) return null;
  const kind = found[0].value.toUpperCase();
  at = 2;
  const forgiving = kind === 'DROP' && is('IF', 'EXISTS');
  if (forgiving) at += 2;
  const parts = [found[at++]?.value];
  while (is('.')) { parts.push(found[at + 1]?.value); at += 2; }
  const [catalog, schema, name] = qualify(parts, use).map((part) => String(part).toLowerCase());
  if (!registry.writable.has(Registry.key(catalog, schema, ''))) throw new StatementProblem('INSUFFICIENT_PERMISSIONS', `Insufficient privileges: User does not have CREATE TABLE on Schema '${catalog}.${schema}'.`, '42501');
  const entry = registry.find(catalog, schema, name);
  const required = () => { if (!entry) throw new StatementProblem('TABLE_OR_VIEW_NOT_FOUND', `The table or view ${catalog}.${schema}.${name} cannot be found.`, '42P01'); };
  switch (kind) {
    case 'CREATE': {
      if (entry) throw new StatementProblem('TABLE_OR_VIEW_ALREADY_EXISTS', `Cannot create table ${name} because it already exists.`, '42P07');
      const columns = [];
      expect('(');
      do {
        const column = found[at++];
        const start = found[at]?.start;
        for (let depth = 0; at < found.length && (depth > 0 || (!is(',') && !is(')'))); at++) depth += is('(') ? 1 : is(')') ? -1 : 0;
        columns.push({ name: column?.value, type: sql.slice(start, found[at - 1]?.end) });
        at++;
      } while (found[at - 1]?.value === ',');
      if (at !== found.length) throw unsupported();
      const made = registry.add({ catalog, schema, name, columns, rows: [] });
      made.written = [];
      await engine.createTable(made, { rows: [] });
      return nothing;
    }
    case 'INSERT': {
      required();
      const columns = [];
      expect('(');
      do { columns.push(found[at]?.value); at += 2; } while (found[at - 1]?.value === ',');
      if (!is('SELECT') || columns.join() !== entry.columns.map((column) => column.name).join() || !entry.written) throw unsupported();
      const query = engine.start(sql.slice(found[at].start), { use, zone });
      onQuery(query);
      const { columns: outputs, data, rowCount } = await query.result;
      for (let i = 0; i < rowCount; i++) entry.written.push(outputs.map((output, c) => textOf(data[c][i], output.type.kind)));
      entry.rowCount = entry.written.length;
      await engine.createTable(entry, { rows: entry.written });
      return { columns: [{ name: 'num_affected_rows', type: { kind: 'int64' } }, { name: 'num_inserted_rows', type: { kind: 'int64' } }], data: [[BigInt(rowCount)], [BigInt(rowCount)]], rowCount: 1 };
    }
    default:
      if (at !== found.length) throw unsupported();
      if (!entry && forgiving) return nothing;
      required();
      registry.remove(entry);
      await engine.dropTable(entry);
      return nothing;
  }
}

const unsupported = () => new StatementProblem('UNSUPPORTED_FEATURE', 'This server does not write in this form.', '0A000');
