// The SQL engine behind servers whose warehouse has none that we could run: DuckDB, one database per server process.
// Results are columnar and typed in terms that no vendor owns:
//   kind              value
//   boolean           boolean
//   int8..int64       bigint
//   decimal           text, with all digits of its scale ({precision, scale})
//   float32, float64  number
//   text              string
//   binary            Buffer
//   date              bigint, days since 1970-01-01
//   time              bigint, microseconds since midnight
//   timestamp         bigint, microseconds since 1970-01-01T00:00:00 on an unnamed clock
//   instant           bigint, microseconds since 1970-01-01T00:00:00Z
//   null              null
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';

// The library's own decoder drops U+FEFF where a text begins with it.
const require = createRequire(import.meta.url);
require(join(dirname(require.resolve('@duckdb/node-api')), 'vectors/dataAccessors.js')).textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class SqlError extends Error {}

export class DuckDbEngine {
  #instance;
  #schemas = new Map();
  #chain = Promise.resolve();
  #writing = Promise.resolve();

  static async open({ threads = 2 } = {}) {
    const engine = new DuckDbEngine();
    engine.#instance = await DuckDBInstance.create(':memory:', { threads: String(threads), autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
    return engine;
  }

  close() { this.#instance.closeSync?.(); }

  async #connect() {
    const connection = await this.#instance.connect();
    await connection.run("SET TimeZone = 'UTC'; SET default_null_order = 'nulls_last'");
    return connection;
  }

  /** Makes a catalog (a database of the vendor's) and a schema in it where they are missing. */
  ensureSchema(catalog, schema) {
    const key = `${catalog}\0${schema ?? ''}`;
    // One after the other: two that make the same at once are in each other's way.
    if (!this.#schemas.has(key)) this.#schemas.set(key, (this.#chain = this.#chain.then(() => this.#makeSchema(catalog, schema))));
    return this.#schemas.get(key);
  }

  async #makeSchema(catalog, schema) {
    const connection = await this.#connect();
    try {
      await connection.run(`ATTACH IF NOT EXISTS ':memory:' AS ${quote(catalog)}`);
      if (schema !== undefined) await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quote(catalog)}.${quote(schema)}`);
    } finally {
      connection.disconnectSync();
    }
  }

  /**
   * Creates a table anew. Columns have DuckDB's types. Values of rows are null, booleans, numbers or text: integers and decimals as
   * digits, dates and timestamps as ISO 8601, binary as hexadecimal; floats also NaN, Infinity and -Infinity.
   */
  async createTable({ catalog, schema, name, columns, rows, parquet }) {
    await this.ensureSchema(catalog, schema);
    return this.#alone(() => this.#fill({ catalog, schema, name, columns, rows, parquet }));
  }

  // Statements that write at the same time are in each other's way in DuckDB, and fail; a warehouse lets them wait.
  #alone(work) {
    const done = this.#writing.then(work);
    this.#writing = done.then(() => {}, () => {});
    return done;
  }

  async #fill({ catalog, schema, name, columns, rows, parquet }) {
    const connection = await this.#connect();
    const table = [catalog, schema, name].map(quote).join('.');
    try {
      await connection.run(`CREATE OR REPLACE TABLE ${table} (${columns.map((column) => `${quote(column.name)} ${column.type}${column.nullable === false ? ' NOT NULL' : ''}`).join(', ')})`);
      if (parquet !== undefined) {
        await connection.run(`INSERT INTO ${table} BY NAME SELECT * FROM read_parquet(${literal(parquet)})`);
        return;
      }
      await connection.run(`CREATE TEMP TABLE staging (${columns.map((_, i) => `c${i} VARCHAR`).join(', ')})`);
      const appender = await connection.createAppender('staging');
      for (const row of rows) {
        for (const value of row) {
          if (value === null || value === undefined) appender.appendNull();
          else appender.appendVarchar(String(value));
        }
        appender.endRow();
      }
      appender.closeSync();
      const casts = columns.map((column, i) => (/^(BLOB|BYTEA|VARBINARY|BINARY)\b/i.test(column.type) ? `unhex(c${i})` : `CAST(c${i} AS ${column.type})`));
      await connection.run(`INSERT INTO ${table} SELECT ${casts.join(', ')} FROM staging`);
    } finally {
      connection.disconnectSync();
    }
  }

  /** Runs statements for their effect. */
  run(sql) {
    return this.#alone(async () => {
      const connection = await this.#connect();
      try { await connection.run(sql); } finally { connection.disconnectSync(); }
    });
  }

  /** Starts a query. `result` is a promise of {columns, data, rowCount}, data columnar; `cancel` interrupts it. `use` is the catalog and schema of bare names. */
  query(sql, { use } = {}) {
    let connection;
    let interrupting;
    let [cancelled, ended] = [false, false];
    const result = (async () => {
      connection = await this.#connect();
      try {
        if (use) await connection.run(`USE ${use.map(quote).join('.')}`);
        if (cancelled) throw new SqlError('INTERRUPT Error: Interrupted!');
        const stream = await connection.stream(sql);
        return await collect(stream);
      } catch (error) {
        throw error instanceof SqlError ? error : new SqlError(String(error.message), { cause: error });
      } finally {
        ended = true;
        clearInterval(interrupting);
        connection.disconnectSync();
      }
    })();
    const cancel = () => {
      cancelled = true;
      connection?.interrupt();
      // The engine forgets an interrupt that comes before the statement runs.
      if (!ended) interrupting ??= setInterval(() => connection?.interrupt(), 10);
    };
    return { result, cancel, get cancelled() { return cancelled; } };
  }
}

/** An identifier of DuckDB's. */
export function quote(name) { return `"${String(name).replaceAll('"', '""')}"`; }

/** A text literal of DuckDB's. */
export function literal(text) { return `'${String(text).replaceAll("'", "''")}'`; }

async function collect(stream) {
  const names = stream.columnNames();
  const types = stream.columnTypes().map(typeOf);
  const columns = names.map((name, i) => ({ name, type: types[i] }));
  const data = names.map(() => []);
  let rowCount = 0;
  for (;;) {
    const chunk = await stream.fetchChunk();
    if (!chunk || chunk.rowCount === 0) break;
    rowCount += chunk.rowCount;
    for (let i = 0; i < names.length; i++) {
      const convert = converters[types[i].kind];
      for (const value of chunk.getColumnValues(i)) data[i].push(value === null ? null : convert(value));
    }
  }
  return { columns, data, rowCount };
}

const kinds = {
  [DuckDBTypeId.BOOLEAN]: 'boolean', [DuckDBTypeId.TINYINT]: 'int8', [DuckDBTypeId.SMALLINT]: 'int16', [DuckDBTypeId.INTEGER]: 'int32', [DuckDBTypeId.BIGINT]: 'int64',
  [DuckDBTypeId.UTINYINT]: 'int16', [DuckDBTypeId.USMALLINT]: 'int32', [DuckDBTypeId.UINTEGER]: 'int64', [DuckDBTypeId.FLOAT]: 'float32', [DuckDBTypeId.DOUBLE]: 'float64',
  [DuckDBTypeId.VARCHAR]: 'text', [DuckDBTypeId.BLOB]: 'binary', [DuckDBTypeId.DATE]: 'date', [DuckDBTypeId.TIME]: 'time', [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'instant', [DuckDBTypeId.SQLNULL]: 'null', [DuckDBTypeId.DECIMAL]: 'decimal', [DuckDBTypeId.HUGEINT]: 'decimal', [DuckDBTypeId.UBIGINT]: 'decimal',
};

function typeOf(type) {
  const kind = kinds[type.typeId];
  if (kind === undefined) throw new SqlError(`The engine of this server gave a column of the type ${type}, which it cannot hand on.`);
  if (kind !== 'decimal') return { kind };
  return type.typeId === DuckDBTypeId.DECIMAL ? { kind, precision: type.width, scale: type.scale } : { kind, precision: 38, scale: 0 };
}

const same = (value) => value;
const converters = {
  boolean: same, int8: BigInt, int16: BigInt, int32: BigInt, int64: BigInt, float32: same, float64: same, text: same, null: same,
  decimal: (value) => (typeof value === 'bigint' ? String(value) : value.toString()),
  binary: (value) => Buffer.from(value.bytes),
  date: (value) => BigInt(value.days),
  time: (value) => value.micros,
  timestamp: (value) => value.micros,
  instant: (value) => value.micros,
};
