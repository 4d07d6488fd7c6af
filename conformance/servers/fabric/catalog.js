// The databases of the server: their tables as T-SQL sees them, stored in the engine under names of our own, because the engine folds letter case and T-SQL does not.
import { DuckDBInstance } from '@duckdb/node-api';
import { engineType, parseTypeName, collationName, isText, display } from './tsql/typing.js';

const quoted = (text) => `'${String(text).replaceAll("'", "''")}'`;

export class Catalog {
  #instance;
  #databases = new Map();
  #next = 1;

  static async open(threads) {
    const catalog = new Catalog();
    catalog.#instance = await DuckDBInstance.create(':memory:', { threads: String(threads ?? 2), autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
    return catalog;
  }

  close() {
    this.#instance.closeSync?.();
  }

  async connect() {
    const connection = await this.#instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }

  /** A database; made where it is missing. */
  database(name, collation) {
    if (!this.#databases.has(name)) {
      this.#databases.set(name, { name, collation: collation ?? 'BIN2', tables: new Map(), denied: new Set(), scratch: new Set() });
    }

    const database = this.#databases.get(name);
    database.collation = collation ?? database.collation;
    return database;
  }

  find(name) {
    return this.#databases.get(name);
  }

  clear() {
    this.#databases.clear();
  }

  /** Creates a table anew and loads it. Values: null, booleans, numbers or text; times in ISO 8601, binary in hexadecimal; or a Parquet file by column name. */
  async createTable({ database: named, catalog, schema = 'dbo', name, columns, rows, parquet, primaryKey = [], foreignKeys = [], isView = false }) {
    const database = this.database(named ?? catalog ?? 'wh');
    const types = columns.map((column) => ({ name: column.name, type: { ...parseTypeName(column.type, { inTable: !isView, collation: database.collation }), label: 'implicit' }, nullable: column.nullable !== false }));
    const names = new Set(types.map((column) => column.name));
    if (names.size !== types.length) {
      throw new Error(`Table ${name} has a column twice.`);
    }

    const number = this.#next++;
    const engineName = `t${number}`;
    const connection = await this.connect();
    try {
      await connection.run(`CREATE TABLE ${engineName} (${types.map((column, i) => `c${i} ${engineType(column.type)}${column.nullable ? '' : ' NOT NULL'}`).join(', ')})`);
      if (parquet !== undefined) {
        await connection.run(`INSERT INTO ${engineName} SELECT ${types.map((column) => stored(column.type, `"${column.name.replaceAll('"', '""')}"`)).join(', ')} FROM read_parquet(${quoted(parquet)})`);
      } else {
        await connection.run(`CREATE TEMP TABLE staging (${types.map((_, i) => `c${i} VARCHAR`).join(', ')})`);
        const appender = await connection.createAppender('staging');
        for (const row of rows) {
          for (const value of row) {
            if (value === null || value === undefined) {
              appender.appendNull();
            } else {
              appender.appendVarchar(String(value));
            }
          }

          appender.endRow();
        }

        appender.closeSync();
        await connection.run(`INSERT INTO ${engineName} SELECT ${types.map((column, i) => (column.type.kind === 'varbinary' ? `unhex(c${i})` : stored(column.type, `c${i}`))).join(', ')} FROM staging`);
      }

      for (const [i, column] of types.entries()) {
        if (isText(column.type) && column.type.length !== 'max') {
          const long = await connection.runAndReadAll(`SELECT count(*) FROM ${engineName} WHERE strlen(c${i}) > ${column.type.length}`);
          if (long.getRows()[0][0] > 0n) {
            throw new Error(`Column ${column.name} of ${name} has a text of more than ${column.type.length} bytes.`);
          }
        }
      }

      const [[count]] = (await connection.runAndReadAll(`SELECT count(*) FROM ${engineName}`)).getRows();
      database.tables.set(`${schema}\0${name}`, { schema, name, engineName, number, columns: types, rows: count, primaryKey, foreignKeys, isView });
    } finally {
      connection.disconnectSync();
    }
  }

  async dropTable(database, table) {
    const connection = await this.connect();
    try {
      await connection.run(`DROP TABLE ${table.engineName}`);
    } finally {
      connection.disconnectSync();
    }

    database.tables.delete(`${table.schema}\0${table.name}`);
  }

  /** A table by its exact name; undefined where there is none. */
  table(database, schema, name) {
    return database.tables.get(`${schema}\0${name}`) ?? systemTable(database, schema, name);
  }
}

function stored(type, sql) {
  const text = `CAST(${sql} AS ${engineType(type)})`;
  return type.kind === 'char' ? `(${text} || repeat(' ', ${type.length} - strlen(${text})))` : text;
}

const name128 = { kind: 'nvarchar', length: 128, collation: 'BIN2', label: 'implicit' };
const schemas = (database) => ['dbo', ...[...new Set([...database.tables.values()].map((table) => table.schema))].filter((schema) => schema !== 'dbo').sort(), 'sys', 'INFORMATION_SCHEMA'];
const visible = (database) => [...database.tables.values()].filter((table) => !database.denied.has(`${table.schema}.${table.name}`));
const objectId = (table) => 1000 + table.number;
const keyId = (table) => 500000 + table.number;

const nativeName = (type) => type.kind;

// What a connector reads of the catalogue views; other views are unknown objects.
const systemTables = {
  'INFORMATION_SCHEMA.TABLES': {
    columns: [['TABLE_CATALOG', name128], ['TABLE_SCHEMA', name128], ['TABLE_NAME', name128], ['TABLE_TYPE', { kind: 'varchar', length: 10, collation: 'BIN2', label: 'implicit' }]],
    rows: (database) => visible(database).map((table) => [database.name, table.schema, table.name, table.isView ? 'VIEW' : 'BASE TABLE']),
  },
  'INFORMATION_SCHEMA.COLUMNS': {
    columns: [['TABLE_CATALOG', name128], ['TABLE_SCHEMA', name128], ['TABLE_NAME', name128], ['COLUMN_NAME', name128], ['ORDINAL_POSITION', { kind: 'int' }], ['IS_NULLABLE', { kind: 'varchar', length: 3, collation: 'BIN2', label: 'implicit' }], ['DATA_TYPE', name128], ['CHARACTER_MAXIMUM_LENGTH', { kind: 'int' }], ['NUMERIC_PRECISION', { kind: 'tinyint' }], ['NUMERIC_SCALE', { kind: 'int' }], ['DATETIME_PRECISION', { kind: 'smallint' }], ['COLLATION_NAME', name128]],
    rows: (database) => visible(database).flatMap((table) => table.columns.map(({ name, type, nullable }, i) => [
      database.name, table.schema, table.name, name, i + 1, nullable ? 'YES' : 'NO', nativeName(type),
      type.length === undefined ? null : type.length === 'max' ? -1 : type.length,
      { tinyint: 3, smallint: 5, int: 10, bigint: 19, decimal: type.precision, real: 24, float: 53 }[type.kind] ?? null,
      { tinyint: 0, smallint: 0, int: 0, bigint: 0, decimal: type.scale }[type.kind] ?? null,
      type.kind === 'date' ? 0 : type.kind === 'time' || type.kind === 'datetime2' ? type.scale : null,
      isText(type) ? collationName(type.collation) : null,
    ])),
  },
  'sys.schemas': {
    columns: [['name', name128], ['schema_id', { kind: 'int' }]],
    rows: (database) => schemas(database).map((schema, i) => [schema, i + 1]),
  },
  'sys.objects': {
    columns: [['name', name128], ['object_id', { kind: 'int' }], ['schema_id', { kind: 'int' }], ['type', { kind: 'char', length: 2, collation: 'BIN2', label: 'implicit' }]],
    rows: (database) => visible(database).map((table) => [table.name, objectId(table), schemas(database).indexOf(table.schema) + 1, table.isView ? 'V ' : 'U ']),
  },
  'sys.columns': {
    columns: [['object_id', { kind: 'int' }], ['name', name128], ['column_id', { kind: 'int' }]],
    rows: (database) => visible(database).flatMap((table) => table.columns.map((column, i) => [objectId(table), column.name, i + 1])),
  },
  'sys.key_constraints': {
    columns: [['object_id', { kind: 'int' }], ['parent_object_id', { kind: 'int' }], ['type', { kind: 'char', length: 2, collation: 'BIN2', label: 'implicit' }], ['unique_index_id', { kind: 'int' }]],
    rows: (database) => visible(database).filter((table) => table.primaryKey.length > 0).map((table) => [keyId(table), objectId(table), 'PK', 1]),
  },
  'sys.index_columns': {
    columns: [['object_id', { kind: 'int' }], ['index_id', { kind: 'int' }], ['column_id', { kind: 'int' }], ['key_ordinal', { kind: 'tinyint' }]],
    rows: (database) => visible(database).flatMap((table) => table.primaryKey.map((column, i) => [objectId(table), 1, table.columns.findIndex((other) => other.name === column) + 1, i + 1])),
  },
  'sys.foreign_key_columns': {
    columns: [['constraint_object_id', { kind: 'int' }], ['constraint_column_id', { kind: 'int' }], ['parent_object_id', { kind: 'int' }], ['parent_column_id', { kind: 'int' }], ['referenced_object_id', { kind: 'int' }], ['referenced_column_id', { kind: 'int' }]],
    rows: (database) => visible(database).flatMap((table) => table.foreignKeys.flatMap(({ columns, schema = 'dbo', table: other, references }, k) => {
      const target = database.tables.get(`${schema}\0${other}`);
      return target ? columns.map((column, i) => [600000 + table.number * 100 + k, i + 1, objectId(table), table.columns.findIndex((c) => c.name === column) + 1, objectId(target), target.columns.findIndex((c) => c.name === references[i]) + 1]) : [];
    })),
  },
};

function systemTable(database, schema, name) {
  const definition = systemTables[`${schema}.${name}`];
  if (!definition) {
    return undefined;
  }

  const rows = definition.rows(database);
  const literal = (value, type) => (value === null ? `CAST(NULL AS ${engineType(type)})` : `CAST(${quoted(value)} AS ${engineType(type)})`);
  const types = definition.columns.map(([, type]) => type);
  const list = rows.map((row) => `(${row.map((value, i) => literal(value, types[i])).join(', ')})`).join(', ');
  const sql = rows.length > 0
    ? `(SELECT * FROM (VALUES ${list}) AS v(${types.map((_, i) => `c${i}`).join(', ')}))`
    : `(SELECT ${types.map((type, i) => `CAST(NULL AS ${engineType(type)}) AS c${i}`).join(', ')} WHERE false)`;
  return { schema, name, engineName: sql, isSystem: true, columns: definition.columns.map(([column, type]) => ({ name: column, type, nullable: true })) };
}

/** Rows of a table by its object id, for OBJECTPROPERTYEX. */
export function rowsOf(database, id) {
  return [...database.tables.values()].find((table) => objectId(table) === id && !table.isView)?.rows ?? null;
}

export const cardinalities = (database) => [...database.tables.values()].filter((table) => !table.isView).map((table) => [objectId(table), table.rows]);

export { display };
