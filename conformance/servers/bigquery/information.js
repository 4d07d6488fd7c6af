// The views that describe a dataset: INFORMATION_SCHEMA and __TABLES__, made anew from the stored tables for each statement that names one.
import * as types from './types.js';

const kinds = { TABLE: 'BASE TABLE' };
const sizeKinds = { TABLE: 1n, VIEW: 2n, EXTERNAL: 3n };

// Columns as BigQuery documents them, of which those that nothing here knows are left out; each with its value for a table's own item.
const views = {
  TABLES: {
    columns: [['table_catalog', 'STRING'], ['table_schema', 'STRING'], ['table_name', 'STRING'], ['table_type', 'STRING']],
    rows: tables => tables.map(table => [...placeOf(table), kinds[table.kind] ?? table.kind]),
  },
  COLUMNS: {
    columns: [
      ['table_catalog', 'STRING'], ['table_schema', 'STRING'], ['table_name', 'STRING'], ['column_name', 'STRING'], ['ordinal_position', 'INT64'], ['is_nullable', 'STRING'],
      ['data_type', 'STRING'], ['is_hidden', 'STRING'], ['collation_name', 'STRING'],
    ],
    rows: tables => tables.flatMap(table => table.columns.map((column, i) => [
      ...placeOf(table), column.name, BigInt(i + 1), column.mode === 'REQUIRED' ? 'NO' : 'YES', types.textOf(column), 'NO', column.collation ?? 'NULL',
    ])),
  },
  TABLE_CONSTRAINTS: {
    columns: [
      ['constraint_catalog', 'STRING'], ['constraint_schema', 'STRING'], ['constraint_name', 'STRING'], ['table_catalog', 'STRING'], ['table_schema', 'STRING'], ['table_name', 'STRING'],
      ['constraint_type', 'STRING'], ['enforced', 'STRING'],
    ],
    rows: tables => tables.flatMap(table => constraintsOf(table).map(one => [...nameOf(table, one), ...placeOf(table), one.isPrimary ? 'PRIMARY KEY' : 'FOREIGN KEY', 'NO'])),
  },
  KEY_COLUMN_USAGE: {
    columns: [
      ['constraint_catalog', 'STRING'], ['constraint_schema', 'STRING'], ['constraint_name', 'STRING'], ['table_catalog', 'STRING'], ['table_schema', 'STRING'], ['table_name', 'STRING'],
      ['column_name', 'STRING'], ['ordinal_position', 'INT64'], ['position_in_unique_constraint', 'INT64'],
    ],
    rows: (tables, find) => tables.flatMap(table => constraintsOf(table).flatMap(one => one.columns.map((column, i) => [
      ...nameOf(table, one), ...placeOf(table), column, BigInt(i + 1), one.isPrimary ? null : BigInt((find(table, one)?.primaryKey ?? []).indexOf(one.referenced[i]) + 1) || null,
    ]))),
  },
  CONSTRAINT_COLUMN_USAGE: {
    columns: [
      ['table_catalog', 'STRING'], ['table_schema', 'STRING'], ['table_name', 'STRING'], ['column_name', 'STRING'], ['constraint_catalog', 'STRING'], ['constraint_schema', 'STRING'], ['constraint_name', 'STRING'],
    ],
    rows: tables => tables.flatMap(table => constraintsOf(table).flatMap(one => (one.referenced ?? one.columns).map(column => [
      table.project, one.dataset ?? table.dataset, one.table ?? table.name, column, ...nameOf(table, one),
    ]))),
  },
};

const sizes = {
  columns: [['project_id', 'STRING'], ['dataset_id', 'STRING'], ['table_id', 'STRING'], ['row_count', 'INT64'], ['size_bytes', 'INT64'], ['type', 'INT64']],
  rows: (tables, find, bytes) => tables.map(table => [...placeOf(table), BigInt(table.kind === 'VIEW' ? 0 : table.rows.length), BigInt(table.kind === 'VIEW' ? 0 : bytes(table)), sizeKinds[table.kind] ?? null]),
};

/** The view that the parts of a name name, as a table; null where they name none. Other views than these are refused. */
function find(store, parts, project, defaultDataset) {
  const at = parts.findIndex(part => part.toUpperCase() === 'INFORMATION_SCHEMA');
  const isSizes = parts.at(-1) === '__TABLES__';
  if (at < 0 && !isSizes) {
    return null;
  }

  const view = isSizes ? sizes : parts.length === at + 2 && parts[at] === 'INFORMATION_SCHEMA' ? views[parts[at + 1]] : undefined;
  const [dataset = defaultDataset?.datasetId, owner = project] = parts.slice(0, isSizes ? -1 : at).reverse();
  if (!view || !dataset || dataset.startsWith('region-')) {
    throw new types.Unsupported(`the view ${parts.join('.')}`);
  }

  store.dataset(owner, dataset);
  const tables = store.tables.filter(table => table.project === owner && table.dataset === dataset);
  const referenced = (table, one) => store.find(table.project, one.dataset ?? table.dataset, one.table);
  return {
    project: owner,
    dataset,
    name: parts.at(-1),
    kind: 'VIEW',
    columns: view.columns.map(([name, type]) => types.parseColumn({ name, type })),
    rows: view.rows(tables, referenced, table => store.bytes(table)),
    number: store.nextNumber++,
    version: 1,
    created: Date.now(),
  };
}

const placeOf = table => [table.project, table.dataset, table.name];

const nameOf = (table, one) => [table.project, table.dataset, `${table.name}.${one.name}`];

const constraintsOf = table => [
  ...(table.primaryKey ? [{ name: 'pk$', isPrimary: true, columns: table.primaryKey }] : []),
  ...(table.foreignKeys ?? []).map((key, i) => ({ ...key, name: `fk${i}`, isPrimary: false })),
];

export { find };
