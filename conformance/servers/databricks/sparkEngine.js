// Databricks SQL on Apache Spark, over Spark Connect: the engine that Databricks grew out of. Tables are views that all sessions see.
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { encodeRows } from '../common/arrow.js';
import { DuckDbEngine } from '../common/duckdb.js';
import { replaceNames, inBackticks } from './names.js';
import { SparkClient } from './spark/client.js';
import { holdSpark } from './spark/shared.js';
import { duckDbType } from './duckdbEngine.js';

// A view has no length: VARCHAR(n) limits what is written, but CHAR(n) would also pad what is compared.
function viewType(text) {
  if (text.startsWith('CHAR(')) throw new Error('This server has no CHAR(n) on Spark.');
  return text.startsWith('VARCHAR(') ? 'STRING' : text;
}

// What a SQL warehouse sets.
const warehouse = { 'spark.sql.ansi.enabled': 'true', 'spark.sql.execution.arrow.maxRecordsPerBatch': '100000' };

export class SparkBehind {
  name = 'Apache Spark';
  #client;
  #held;
  #registry;
  #sessions = new Map();
  #prefix;
  #reader;

  static async open(registry, home) {
    const behind = new SparkBehind();
    behind.#registry = registry;
    behind.#held = await holdSpark(home);
    behind.#client = new SparkClient(behind.#held.address);
    behind.#prefix = `s${process.pid}_`;
    behind.#reader = await DuckDbEngine.open();
    return behind;
  }

  async close() {
    for (const session of this.#sessions.values()) await this.#client.release(await session);
    this.#client.close();
    this.#held.release();
    this.#reader.close();
  }

  async createTable(entry, { rows, parquet }) {
    const session = await this.#session('UTC');
    const name = this.#view(entry);
    const schema = entry.columns.map((column) => `${inBackticks(column.name)} ${viewType(column.type.text)}${column.nullable ? '' : ' NOT NULL'}`).join(', ');
    let input;
    if (parquet !== undefined) {
      input = { read: { data_source: { format: 'parquet', schema, paths: [resolve(parquet)] } } };
    } else if (rows.length === 0) {
      input = { sql: { query: `SELECT ${entry.columns.map((column) => `CAST(NULL AS ${viewType(column.type.text)}) AS ${inBackticks(column.name)}`).join(', ')} WHERE 1 = 0` } };
    } else if (entry.columns.some((column) => !column.type.neutral)) {
      // Columns of other kinds hold NULL here, beside the others' values.
      const others = entry.columns.map((column, i) => ({ column, i })).filter(({ column }) => column.type.neutral);
      if (others.length === 0) throw new Error(`${entry.name} has no column whose values this server stores.`);
      await this.createTable(
        { ...entry, name: `${entry.name}\0values`, columns: others.map(({ column }) => column) },
        { rows: rows.map((row) => others.map(({ i }) => row[i])) },
      );
      const outputs = entry.columns.map((column) => `${column.type.neutral ? inBackticks(column.name) : `CAST(NULL AS ${viewType(column.type.text)})`} AS ${inBackticks(column.name)}`);
      input = { sql: { query: `SELECT ${outputs.join(', ')} FROM global_temp.${this.#view({ ...entry, name: `${entry.name}\0values` })}` } };
    } else {
      const columns = entry.columns.map((column) => ({ name: column.name, type: column.type.neutral }));
      input = { local_relation: { data: encodeRows(columns, await this.#columnar(entry, rows), 0, rows.length, { batchRows: rows.length }), schema } };
    }
    await this.#client.command(session, { create_dataframe_view: { input, name, is_global: true, replace: true } });
  }

  async dropTable(entry) { await this.#client.query(await this.#session('UTC'), `DROP VIEW IF EXISTS global_temp.${this.#view(entry)}`).result; }

  /** Starts a query of one statement. */
  start(sql, { use, zone }) {
    const named = replaceNames(sql, { registry: this.#registry, use, tableName: (entry) => `global_temp.${this.#view(entry)}` });
    let running;
    let cancelled = false;
    const result = (async () => {
      const session = await this.#session(zone);
      if (cancelled) throw new Error('Cancelled.');
      running = this.#client.query(session, named.sql);
      return running.result;
    })();
    return { result, cancel() { cancelled = true; running?.cancel(); } };
  }

  async rowsOf(entry) {
    const { data } = await this.#client.query(await this.#session('UTC'), `SELECT count(*) AS n FROM global_temp.${this.#view(entry)}`).result;
    return Number(data[0][0]);
  }

  #view(entry) { return this.#prefix + createHash('sha256').update([entry.catalog, entry.schema, entry.name].join('\0')).digest('hex').slice(0, 20); }

  // Statements leave nothing behind, so one session a zone does for all.
  #session(zone) {
    if (!this.#sessions.has(zone)) this.#sessions.set(zone, this.#client.open({ ...warehouse, 'spark.sql.session.timeZone': zone }));
    return this.#sessions.get(zone);
  }

  // The text of cells as values, by an engine that reads all of it exactly.
  async #columnar(entry, rows) {
    const table = { catalog: 'reader', schema: 'reader', name: `t${this.#counter++}`, columns: entry.columns.map((column) => ({ name: column.name, type: duckDbType(column.type) })), rows };
    await this.#reader.createTable(table);
    const { data } = await this.#reader.query(`SELECT * FROM reader.reader.${table.name}`).result;
    await this.#reader.run(`DROP TABLE reader.reader.${table.name}`);
    return data;
  }

  #counter = 0;
}
