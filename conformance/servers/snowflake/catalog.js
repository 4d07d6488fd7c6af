// The tables that were loaded, and what Snowflake tells about them.
import { literal, quote } from '../common/duckdb.js';
import { encodeName } from './names.js';
import { checkValue, parseType } from './types.js';

export class Catalog {
  #engine;
  #ready = new Map();

  constructor(engine) {
    this.#engine = engine;
    this.tables = new Map();
    this.revoked = new Set();
    this.writable = new Set();
  }

  find({ database, schema, name }) { return this.tables.get(Catalog.key(database, schema, name)); }

  isWritable(database, schema) { return this.writable.has(JSON.stringify([database, schema])); }

  /** Counts the rows of a table anew. */
  async count(entry) {
    const counted = await this.#engine.query(`SELECT count(*) FROM ${Catalog.path(entry)}`).result;
    entry.rows = Number(counted.data[0][0]);
    entry.bytes = entry.rows * entry.columns.length * 8;
  }

  async dropTable(target) {
    await this.#engine.run(`DROP TABLE ${Catalog.path(target)}`);
    this.tables.delete(Catalog.key(target.database, target.schema, target.name));
    const place = `${quote(encodeName(target.database))}.${quote(encodeName('INFORMATION_SCHEMA'))}`;
    const where = `WHERE TABLE_SCHEMA = ${literal(target.schema)} AND TABLE_NAME = ${literal(target.name)}`;
    await this.#engine.run(`DELETE FROM ${place}.TABLES ${where}; DELETE FROM ${place}.COLUMNS ${where}`);
  }

  static path({ database, schema, name }) { return [database, schema, name].map((part) => quote(encodeName(part))).join('.'); }

  static key(database, schema, name) { return JSON.stringify([database, schema, name]); }

  async createTable(table) {
    const database = table.database ?? table.catalog;
    if (!database || !table.schema) throw new Error(`Table ${table.name} needs a database and a schema.`);
    const columns = table.columns.map((column) => ({ ...column, type: parseType(column.type), nullable: column.nullable !== false }));
    table.rows?.forEach((row, r) => row.forEach((value, c) => checkValue(columns[c].type, value, `${table.name} row ${r} column ${columns[c].name}`)));
    await this.#prepare(database);
    await this.#engine.createTable({
      catalog: encodeName(database),
      schema: encodeName(table.schema),
      name: encodeName(table.name),
      columns: columns.map((column) => ({ name: encodeName(column.name), type: column.type.engine, nullable: column.nullable })),
      rows: table.rows,
      parquet: table.parquet,
    });
    const path = [encodeName(database), encodeName(table.schema), encodeName(table.name)].map(quote).join('.');
    const counted = await this.#engine.query(`SELECT count(*) FROM ${path}`).result;
    const rows = Number(counted.data[0][0]);
    const entry = { database, schema: table.schema, name: table.name, columns, rows, bytes: rows * columns.length * 8, primaryKey: table.primaryKey ?? [], foreignKeys: table.foreignKeys ?? [] };
    this.tables.set(Catalog.key(database, table.schema, table.name), entry);
    await this.#describe(entry);
  }

  // INFORMATION_SCHEMA of a database, as tables of the engine.
  #prepare(database) {
    if (!this.#ready.has(database)) this.#ready.set(database, this.#makeViews(database));
    return this.#ready.get(database);
  }

  async #makeViews(database) {
    await this.#engine.ensureSchema(encodeName(database), encodeName('INFORMATION_SCHEMA'));
    const place = `${quote(encodeName(database))}.${quote(encodeName('INFORMATION_SCHEMA'))}`;
    await this.#engine.run(`
      CREATE TABLE ${place}.TABLES (TABLE_CATALOG VARCHAR, TABLE_SCHEMA VARCHAR, TABLE_NAME VARCHAR, TABLE_TYPE VARCHAR, ROW_COUNT BIGINT, BYTES BIGINT);
      CREATE TABLE ${place}.COLUMNS (TABLE_CATALOG VARCHAR, TABLE_SCHEMA VARCHAR, TABLE_NAME VARCHAR, COLUMN_NAME VARCHAR, ORDINAL_POSITION BIGINT, IS_NULLABLE VARCHAR,
        DATA_TYPE VARCHAR, CHARACTER_MAXIMUM_LENGTH BIGINT, NUMERIC_PRECISION BIGINT, NUMERIC_SCALE BIGINT, DATETIME_PRECISION BIGINT, COLLATION_NAME VARCHAR, COMMENT VARCHAR);
      CREATE TABLE ${place}.SCHEMATA (CATALOG_NAME VARCHAR, SCHEMA_NAME VARCHAR);
      CREATE TABLE ${place}.ENABLED_ROLES (ROLE_NAME VARCHAR, ROLE_OWNER VARCHAR);
      CREATE TABLE ${place}.OBJECT_PRIVILEGES (GRANTOR VARCHAR, GRANTEE VARCHAR, OBJECT_CATALOG VARCHAR, OBJECT_SCHEMA VARCHAR, OBJECT_NAME VARCHAR, OBJECT_TYPE VARCHAR,
        PRIVILEGE_TYPE VARCHAR, IS_GRANTABLE VARCHAR, CREATED TIMESTAMPTZ);
      INSERT INTO ${place}.ENABLED_ROLES VALUES ('ANALYST', 'SECURITYADMIN'), ('PUBLIC', '')`);
  }

  async #describe(entry) {
    const place = `${quote(encodeName(entry.database))}.${quote(encodeName('INFORMATION_SCHEMA'))}`;
    const [database, schema, name] = [entry.database, entry.schema, entry.name].map(literal);
    const where = `WHERE TABLE_SCHEMA = ${schema} AND TABLE_NAME = ${name}`;
    const number = (value) => (value === undefined ? 'NULL' : String(value));
    const columns = entry.columns.map((column, i) => {
      const { type } = column;
      return `(${database}, ${schema}, ${name}, ${literal(column.name)}, ${i + 1}, ${column.nullable ? "'YES'" : "'NO'"}, ${literal(type.native)}, ${number(type.length)}, `
        + `${type.kind === 'fixed' ? type.precision : 'NULL'}, ${type.kind === 'fixed' ? type.scale : 'NULL'}, ${/^time/.test(type.kind) ? type.scale : 'NULL'}, ${column.collation ? literal(column.collation) : 'NULL'}, NULL)`;
    });
    await this.#engine.run(`
      DELETE FROM ${place}.TABLES ${where};
      DELETE FROM ${place}.COLUMNS ${where};
      DELETE FROM ${place}.SCHEMATA WHERE SCHEMA_NAME = ${schema};
      INSERT INTO ${place}.SCHEMATA VALUES (${database}, ${schema});
      INSERT INTO ${place}.TABLES VALUES (${database}, ${schema}, ${name}, 'BASE TABLE', ${entry.rows}, ${entry.bytes});
      INSERT INTO ${place}.COLUMNS VALUES ${columns.join(', ')}`);
  }

  /** Gives a role a privilege on a table, as INFORMATION_SCHEMA shows it; the server itself changes nothing for anybody. */
  async allow(role, database, schema, name, privilege) {
    await this.#prepare(database);
    const place = `${quote(encodeName(database))}.${quote(encodeName('INFORMATION_SCHEMA'))}`;
    await this.#engine.run(`INSERT INTO ${place}.OBJECT_PRIVILEGES VALUES (${['SYSADMIN', role, database, schema, name, 'TABLE', privilege, 'NO'].map(literal).join(', ')}, NULL)`);
  }

  /** Whether the schema has tables. */
  hasSchema(database, schema) { return [...this.tables.values()].some((table) => table.database === database && table.schema === schema); }

  /** The tables among whose names the statement has one, and for each the last part of the name. */
  named(names) { return [...this.tables.values()].filter((table) => names.has(table.name)); }
}
