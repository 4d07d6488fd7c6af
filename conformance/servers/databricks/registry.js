// What tables there are, who may read them, and information_schema over them. Names of Unity Catalog are compared without letter case and
// stored in lower case, but columns keep theirs.
import { statSync } from 'node:fs';
import { DuckDbEngine } from '../common/duckdb.js';
import { parseType } from './types.js';
import { StatementProblem } from './problems.js';

const metadata = '__information_schema';
const views = {
  schemata: 'catalog_name VARCHAR, schema_name VARCHAR, schema_owner VARCHAR, comment VARCHAR',
  tables: 'table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, table_type VARCHAR, is_insertable_into VARCHAR, data_source_format VARCHAR, comment VARCHAR, table_owner VARCHAR',
  columns: `table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR, ordinal_position INTEGER, column_default VARCHAR, is_nullable VARCHAR,
    full_data_type VARCHAR, data_type VARCHAR, numeric_precision INTEGER, numeric_scale INTEGER, comment VARCHAR`,
  table_constraints: 'constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, constraint_type VARCHAR, enforced VARCHAR',
  key_column_usage: `constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, column_name VARCHAR,
    ordinal_position INTEGER, position_in_unique_constraint INTEGER`,
  table_privileges: 'grantor VARCHAR, grantee VARCHAR, table_catalog VARCHAR, table_schema VARCHAR, table_name VARCHAR, privilege_type VARCHAR, is_grantable VARCHAR, inherited_from VARCHAR',
  referential_constraints: `constraint_catalog VARCHAR, constraint_schema VARCHAR, constraint_name VARCHAR, unique_constraint_catalog VARCHAR, unique_constraint_schema VARCHAR,
    unique_constraint_name VARCHAR, match_option VARCHAR, update_rule VARCHAR, delete_rule VARCHAR`,
};

const principal = 'duckdb';

export class Registry {
  #tables = new Map();
  #duckdb;
  #refreshing;
  #chain = Promise.resolve();
  /** Tables that are not shown at all, and those that are shown but may not be read; by key. */
  hidden = new Set();
  refused = new Set();
  /** Privileges on tables beyond SELECT: [grantee, catalog, schema, name, privilege]. */
  privileges = [];
  writable = new Set();

  static async open() {
    const registry = new Registry();
    registry.#duckdb = await DuckDbEngine.open();
    // What information_schema is asked with: everybody is a member of the group of all users. The engine calls its user as `principal` does.
    await registry.#duckdb.run("CREATE MACRO is_account_group_member(name) AS name = 'account users'");
    return registry;
  }

  close() { this.#duckdb.close(); }

  static key(catalog, schema, name) { return [catalog, schema, name].map((part) => part.toLowerCase()).join('\0'); }

  /** Adds a table: {database|catalog, schema, name, columns: [{name, type, nullable}], primaryKey?, foreignKeys?, bytes?, rowCount?}. */
  add(table) {
    const catalog = (table.catalog ?? table.database).toLowerCase();
    const schema = table.schema.toLowerCase();
    const entry = {
      catalog, schema, name: table.name.toLowerCase(),
      columns: table.columns.map((column) => ({ name: column.name, nullable: column.nullable !== false, type: parseType(column.type) })),
      primaryKey: table.primaryKey ?? [], foreignKeys: table.foreignKeys ?? [], kind: table.kind ?? 'MANAGED',
      rowCount: table.rowCount ?? table.rows?.length ?? null,
      bytes: table.bytes ?? (table.rows ? table.rows.reduce((sum, row) => sum + row.reduce((length, value) => length + String(value ?? '').length, 0), 0) : table.parquet ? statSync(table.parquet).size : null),
    };
    const seen = new Set();
    for (const column of entry.columns) {
      const lower = column.name.toLowerCase();
      if (seen.has(lower)) throw new Error(`Two columns of ${table.name} differ in letter case only.`);
      seen.add(lower);
    }
    this.#tables.set(Registry.key(catalog, schema, table.name), entry);
    this.#refreshing = undefined;
    return entry;
  }

  remove(entry) {
    this.#tables.delete(Registry.key(entry.catalog, entry.schema, entry.name));
    this.#refreshing = undefined;
  }

  find(catalog, schema, name) { return this.#tables.get(Registry.key(catalog, schema, name)); }
  all() { return [...this.#tables.values()]; }
  changed() { this.#refreshing = undefined; }
  isHidden(entry) { return this.hidden.has(Registry.key(entry.catalog, entry.schema, entry.name)); }

  /** The table of a statement about one table, or the service's failure. */
  require(parts, use) {
    const full = qualify(parts, use);
    const entry = this.find(...full);
    if (!entry || this.isHidden(entry)) throw new StatementProblem('TABLE_OR_VIEW_NOT_FOUND', `The table or view ${full.map((part) => `\`${part}\``).join('.')} cannot be found.`, '42P01');
    this.checkReadable(entry);
    return entry;
  }

  checkReadable(entry) {
    if (this.refused.has(Registry.key(entry.catalog, entry.schema, entry.name))) {
      throw new StatementProblem('INSUFFICIENT_PERMISSIONS', `Insufficient privileges: User does not have SELECT on Table '${entry.catalog}.${entry.schema}.${entry.name}'.`, '42501');
    }
  }

  /** Starts a query of DuckDB's on information_schema. */
  async query(text) {
    // One after the other: tables may be loaded while an older state is still being written.
    await (this.#refreshing ??= this.#chain = this.#chain.then(() => this.#refresh()));
    return this.#duckdb.query(text);
  }

  /** The parts of the name under which DuckDB has a view of information_schema. `catalog` may be "system" for all catalogs. */
  static viewName(catalog, view) {
    if (!(view.toLowerCase() in views)) throw new StatementProblem('TABLE_OR_VIEW_NOT_FOUND', `The table or view information_schema.${view} cannot be found.`, '42P01');
    return [metadata, catalog.toLowerCase(), view.toLowerCase()];
  }

  async #refresh() {
    const tables = this.all().filter((entry) => !this.isHidden(entry));
    for (const catalog of new Set(['system', ...tables.map((entry) => entry.catalog)])) {
      const own = catalog === 'system' ? tables : tables.filter((entry) => entry.catalog === catalog);
      const rows = { schemata: [], tables: [], columns: [], table_constraints: [], key_column_usage: [], referential_constraints: [], table_privileges: [] };
      for (const schema of new Set(own.map((entry) => `${entry.catalog}\0${entry.schema}`))) rows.schemata.push([...schema.split('\0'), 'owner', null]);
      for (const entry of own) addRows(rows, entry);
      for (const [grantee, ...granted] of this.privileges) if (own.some((entry) => granted.slice(0, 3).every((part, i) => part.toLowerCase() === [entry.catalog, entry.schema, entry.name][i]))) {
        rows.table_privileges.push(['owner', grantee, ...granted, 'NO', 'NONE']);
      }
      for (const [name, columns] of Object.entries(views)) {
        const definitions = columns.split(',').map((definition) => definition.trim().split(/\s+/)).map(([column, type]) => ({ name: column, type }));
        await this.#duckdb.createTable({ catalog: metadata, schema: catalog, name, columns: definitions, rows: rows[name] });
      }
    }
  }
}

export function qualify(parts, use) {
  if (parts.length >= 3) return parts.slice(-3);
  return parts.length === 2 ? [use.catalog, ...parts] : [use.catalog, use.schema, parts[0]];
}

function addRows(rows, entry) {
  const place = [entry.catalog, entry.schema, entry.name];
  rows.tables.push([...place, entry.kind, 'NO', 'DELTA', null, 'owner']);
  rows.table_privileges.push(['owner', principal, ...place, 'SELECT', 'NO', 'NONE']);
  entry.columns.forEach((column, i) => rows.columns.push([
    ...place, column.name, i, null, column.nullable ? 'YES' : 'NO', fullType(column.type), column.type.text.replace(/[ (<].*$/, ''), column.type.neutral?.precision ?? null, column.type.neutral?.scale ?? null, null,
  ]));
  const constraint = (name, type) => rows.table_constraints.push([entry.catalog, entry.schema, name, ...place, type, 'NO']);
  const usage = (name, column, i, other) => rows.key_column_usage.push([entry.catalog, entry.schema, name, ...place, column, i + 1, other]);
  if (entry.primaryKey.length > 0) {
    constraint(`${entry.name}_pk`, 'PRIMARY KEY');
    entry.primaryKey.forEach((column, i) => usage(`${entry.name}_pk`, column, i, null));
  }
  entry.foreignKeys.forEach((key, number) => {
    const name = `${entry.name}_fk${number + 1}`;
    constraint(name, 'FOREIGN KEY');
    key.columns.forEach((column, i) => usage(name, column, i, i + 1));
    const schema = (key.schema ?? entry.schema).toLowerCase();
    rows.referential_constraints.push([entry.catalog, entry.schema, name, entry.catalog, schema, `${key.table.toLowerCase()}_pk`, 'FULL', 'NO ACTION', 'NO ACTION']);
  });
}

// information_schema writes types in lower case, with the collation behind.
const fullType = (type) => (type.collation ? `string collate ${type.collation}` : type.text.toLowerCase());
