// Statements that write, in the one form that is honoured: tables are made, filled by a SELECT and dropped in datasets where that is allowed.
import * as types from './types.js';
import { ApiError } from './errors.js';

const name = '((?:`[^`\\\\]+`\\.)*`[^`\\\\]+`)';
const create = new RegExp(`^CREATE TABLE ${name} \\(((?:\`[a-z0-9]+\` [A-Z0-9]+(?:, )?)+)\\) OPTIONS\\(expiration_timestamp = TIMESTAMP '([0-9-]{10} [0-9:]{8})\\+00'\\)$`);
const insert = new RegExp(`^INSERT INTO ${name} \\(((?:\`[a-z0-9]+\`(?:, )?)+)\\)\\n(SELECT [^]*)$`);
const drop = new RegExp(`^DROP TABLE (IF EXISTS )?${name}$`);

/** What a statement writes: {select?, run(rows)}, or null for a query. */
export function writeOf(sql, store, { project, defaultDataset }) {
  if (!/^\s*(CREATE|INSERT|DROP)\b/i.test(sql)) return null;
  let found;
  if ((found = create.exec(sql))) {
    const target = targetOf(found[1]);
    const columns = found[2].split(', ').map((one) => /^`(.+)` (.+)$/.exec(one)).map(([, column, type]) => ({ name: column, type }));
    const expires = Date.parse(`${found[3].replace(' ', 'T')}Z`);
    return {
      run() {
        if (store.find(target.project, target.dataset, target.name)) throw new ApiError(409, 'duplicate', `Already Exists: Table ${shown(target)}`);
        store.put({ ...target, columns, rows: [], expires });
      },
    };
  }

  if ((found = insert.exec(sql))) {
    const target = targetOf(found[1]);
    const columns = found[2].split(', ').map((one) => one.slice(1, -1));
    return {
      select: found[3],
      run(rows, outputs) {
        const table = store.get(target.project, target.dataset, target.name);
        const places = columns.map((column) => table.columns.findIndex((other) => other.name === column));
        if (places.some((place, i) => place < 0 || table.columns[place].type.kind !== outputs[i]?.type.kind)) throw new ApiError(400, 'invalidQuery', 'Query column has another type than the target column.');
        for (const row of rows) {
          const stored = table.columns.map(() => null);
          places.forEach((place, i) => { stored[place] = row[i]; });
          table.rows.push(stored);
        }
        table.version++;
      },
    };
  }

  if ((found = drop.exec(sql))) {
    const target = targetOf(found[2]);
    return { run() { if (!found[1]) store.get(target.project, target.dataset, target.name); store.remove(target); } };
  }

  throw new types.Unsupported('this form of a statement that writes');

  function targetOf(text) {
    const [table, dataset = defaultDataset?.datasetId, owner = project] = text.split('.').map((part) => part.slice(1, -1)).reverse();
    const target = { project: owner, dataset, name: table };
    if (!store.isWritable(target)) throw new ApiError(403, 'accessDenied', `Access Denied: Dataset ${owner}:${dataset}: Permission bigquery.tables.create denied on dataset ${owner}:${dataset} (or it may not exist).`);
    return target;
  }
}

const shown = ({ project, dataset, name: table }) => `${project}:${dataset}.${table}`;
