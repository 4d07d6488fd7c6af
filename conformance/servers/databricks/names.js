// Finds the names of tables in a statement and puts the engine's names in their place.
import { tokens } from './lexer.js';
import { Registry, qualify } from './registry.js';
import { StatementProblem } from './problems.js';

/**
 * @param {string} sql the statement, its parameters bound
 * @param {{registry: Registry, use: {catalog: string, schema: string}, tableName: (entry) => string}} how
 * @returns {{sql: string, metadata: boolean, tables: object[]}} metadata: it reads information_schema and nothing else
 */
export function replaceNames(sql, { registry, use, tableName }) {
  const found = tokens(sql);
  const commonTables = new Set();
  for (let i = 0; i + 2 < found.length; i++) {
    if (isName(found[i]) && found[i + 1].kind === 'word' && /^as$/i.test(found[i + 1].value) && found[i + 2].value === '(') commonTables.add(found[i].value.toLowerCase());
  }

  let written = '';
  let copied = 0;
  const tables = [];
  let readsMetadata = false;
  let readsTables = false;
  for (let i = 0; i < found.length; i++) {
    if (!isName(found[i])) continue;
    const parts = [found[i]];
    let last = i;
    while (found[last + 1]?.value === '.' && found[last + 1].kind === 'mark' && isName(found[last + 2])) { parts.push(found[last + 2]); last += 2; }
    const names = parts.map((part) => part.value);
    const before = found[i - 1];
    const isSource = before !== undefined && before.kind === 'word' && /^(from|join)$/i.test(before.value) && found[last + 1]?.value !== '(' && !isFieldOf(found, i - 1);
    const lower = names.map((name) => name.toLowerCase());
    if (isSource && lower.at(-2) === 'information_schema') {
      readsMetadata = true;
      written += sql.slice(copied, parts[0].start) + inBackticks(...Registry.viewName(names.length === 3 ? names[0] : use.catalog, names.at(-1)));
      copied = parts.at(-1).end;
    } else if (isSource && !(names.length === 1 && (commonTables.has(lower[0]) || parts[0].value === ''))) {
      readsTables = true;
      const full = qualify(names, use);
      const entry = registry.find(...full);
      if (!entry || registry.isHidden(entry)) {
        throw new StatementProblem('TABLE_OR_VIEW_NOT_FOUND', `The table or view ${names.map((name) => `\`${name}\``).join('.')} cannot be found. Verify the spelling and correctness of the schema and catalog.`, '42P01');
      }
      registry.checkReadable(entry);
      tables.push(entry);
      written += sql.slice(copied, parts[0].start) + tableName(entry);
      copied = parts.at(-1).end;
    }
    i = last;
  }
  if (readsMetadata && readsTables) throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server does not join information_schema with tables.', '0A000');
  return { sql: written + sql.slice(copied), metadata: readsMetadata, tables };
}

/** A name of several parts as Databricks SQL writes it. */
export function inBackticks(...parts) { return parts.map((part) => `\`${part.replaceAll('`', '``')}\``).join('.'); }

const keywords = /^(select|lateral|values|with|unnest|table|stream|from|where)$/i;
const isName = (token) => token !== undefined && (token.kind === 'name' || (token.kind === 'word' && !keywords.test(token.value)));

// extract(YEAR FROM x), trim(BOTH FROM x), IS DISTINCT FROM x: no table follows.
function isFieldOf(found, at) {
  if (!/^from$/i.test(found[at].value)) return false;
  if (/^distinct$/i.test(found[at - 1]?.value ?? '') && /^(is|not)$/i.test(found[at - 2]?.value ?? '')) return true;
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    if (found[i].value === ')' && found[i].kind === 'mark') depth++;
    else if (found[i].value === '(' && found[i].kind === 'mark') {
      if (depth === 0) return i > 0 && found[i - 1].kind === 'word' && /^(extract|trim|substring|substr|overlay|position)$/i.test(found[i - 1].value);
      depth--;
    } else if (depth === 0 && found[i].kind === 'word' && /^select$/i.test(found[i].value)) return false;
  }
  return false;
}
