// Projects, datasets, tables. Names are case-sensitive, as BigQuery's are.
import * as types from './types.js';
import * as values from './values.js';
import { ApiError } from './errors.js';
import * as information from './information.js';

class Store {
  constructor(location) {
    this.location = location;
    this.reset();
  }

  reset() {
    this.tables = [];
    this.writable = new Set();
    this.permissions = ['bigquery.tables.get', 'bigquery.tables.getData', 'bigquery.tables.list'];
    this.nextNumber = this.nextNumber ?? 1;
  }

  /** @param {{project, dataset, name, columns: [{name, type, nullable, collation}], rows, primaryKey, foreignKeys, kind}} definition */
  put(definition) {
    if (definition.parquet !== undefined) {
      throw new types.Unsupported('Parquet files as tables');
    }

    const columns = definition.columns.map(types.parseColumn);
    const rows = (definition.rows ?? []).map((row, r) => {
      if (row.length !== columns.length) {
        throw new Error(`Row ${r} of ${definition.name} has ${row.length} values for ${columns.length} columns.`);
      }

      return row.map((value, i) => checked(values.parse(value, columns[i].type, 'hex'), columns[i]));
    });
    const table = { ...definition, kind: definition.kind ?? 'TABLE', columns, rows, number: this.nextNumber++, version: 1, created: Date.now() };
    this.tables = this.tables.filter(other => !(other.project === table.project && other.dataset === table.dataset && other.name === table.name));
    this.tables.push(table);
    return table;
  }

  isWritable({ project, dataset }) {
    return this.writable.has(`${project}:${dataset}`);
  }

  remove({ project, dataset, name }) {
    this.tables = this.tables.filter(table => !(table.project === project && table.dataset === dataset && table.name === name));
  }

  find(project, dataset, name) {
    return this.tables.find(table => !(table.expires <= Date.now()) && table.project === project && table.dataset === dataset && table.name === name);
  }

  get(project, dataset, name) {
    const table = this.find(project, dataset, name);
    if (!table) {
      this.dataset(project, dataset);
      throw new ApiError(404, 'notFound', `Not found: Table ${project}:${dataset}.${name}`);
    }

    return table;
  }

  datasets(project) {
    return [...new Set(this.tables.filter(table => table.project === project && !table.dataset.startsWith('_')).map(table => table.dataset))].sort();
  }

  dataset(project, dataset) {
    if (!this.tables.some(table => table.project === project && table.dataset === dataset)) {
      throw new ApiError(404, 'notFound', `Not found: Dataset ${project}:${dataset}`);
    }
  }

  /** The table for the names of a statement: `p.d.t`, d.t or, with a default dataset, t. */
  resolver(project, defaultDataset) {
    return names => {
      const parts = names.flatMap(name => name.split('.'));
      const view = information.find(this, parts, project, defaultDataset);
      if (view) {
        return view;
      }

      const [name, dataset = defaultDataset?.datasetId, owner = parts.length === 1 && defaultDataset?.projectId || project] = [...parts].reverse();
      if (!dataset) {
        throw new ApiError(400, 'invalid', `Table "${name}" must be qualified with a dataset (e.g. dataset.table).`);
      }

      const found = this.find(owner, dataset, name);
      if (!found) {
        const what = this.tables.some(table => table.project === owner && table.dataset === dataset) ? `Table ${owner}:${dataset}.${name}` : `Dataset ${owner}:${dataset}`;
        throw new ApiError(404, 'notFound', `Not found: ${what} was not found in location ${this.location}`);
      }

      return found;
    };
  }

  resource(table) {
    const bytes = this.bytes(table);
    const constraints = {
      ...(table.primaryKey ? { primaryKey: { columns: table.primaryKey } } : {}),
      ...(table.foreignKeys ? {
        foreignKeys: table.foreignKeys.map((key, i) => ({
          name: `fk${i}`,
          referencedTable: { projectId: table.project, datasetId: key.dataset ?? table.dataset, tableId: key.table },
          columnReferences: key.columns.map((column, c) => ({ referencingColumn: column, referencedColumn: key.referenced[c] })),
        })),
      } : {}),
    };
    return {
      kind: 'bigquery#table',
      etag: `"${table.number}"`,
      id: `${table.project}:${table.dataset}.${table.name}`,
      tableReference: { projectId: table.project, datasetId: table.dataset, tableId: table.name },
      type: table.kind,
      schema: { fields: table.columns.map(types.toField) },
      ...(table.kind === 'VIEW' ? {} : { numRows: String(table.rows.length), numBytes: String(bytes), numLongTermBytes: '0', numTotalLogicalBytes: String(bytes) }),
      creationTime: String(table.created),
      lastModifiedTime: String(table.created),
      location: this.location,
      ...(Object.keys(constraints).length ? { tableConstraints: constraints } : {}),
    };
  }

  bytes(table, only = null) {
    let sum = 0;
    table.columns.forEach((column, i) => {
      if (!only || only.has(column.name)) {
        for (const row of table.rows) {
          sum += values.sizeOf(row[i], column.type);
        }
      }
    });
    return sum;
  }
}

// What BigQuery would not have stored.
function checked(value, column) {
  if (value !== null && column.precision !== undefined) {
    const unit = 10n ** BigInt(values.powers[column.type.kind] - column.scale);
    if (value % unit !== 0n || (value < 0n ? -value : value) / unit >= 10n ** BigInt(column.precision)) {
      throw new Error(`A value of ${column.name} does not fit ${column.type.kind}(${column.precision}, ${column.scale}).`);
    }
  }

  if (value === null && column.mode === 'REQUIRED') {
    throw new Error(`Column ${column.name} is REQUIRED.`);
  }

  if (typeof value === 'bigint' && column.type.kind === 'INT64' && BigInt.asIntN(64, value) !== value) {
    throw new Error(`A value of ${column.name} does not fit INT64.`);
  }

  return value;
}

export { Store };
