// Results registered beforehand, encoded once: what is measured with them is the protocol, not the evaluator.
import * as types from './types.js';
import * as values from './values.js';
import * as arrow from './arrow.js';
import { encodeResponse, response } from './storage.js';

/** @param entry {statement, columns: [{name, type}], rows, repeat}: the rows, sent `repeat` times, each time as one page and one batch. */
export function prepare(entry) {
  const columns = entry.columns.map(types.parseColumn);
  const rows = entry.rows.map((row) => row.map((value, i) => values.parse(value, columns[i].type, 'hex')));
  const repeat = entry.repeat ?? 1;
  const encoded = arrow.encode(columns, rows, rows.length || 1);
  const one = encoded.batches[0];
  if (one) one.response = encodeResponse(response(one.bytes, one.rows, encoded, false));
  const totalRows = rows.length * repeat;
  return {
    columns,
    bytes: 0,
    totalRows,
    rowsPerPage: rows.length,
    page: Buffer.from(rows.map((row) => JSON.stringify({ f: row.map((value, i) => ({ v: values.toRest(value, columns[i].type, 'INT64') })) })).join(',')),
    arrow: { schema: encoded.schema, batches: one ? Array(repeat).fill(one) : [], totalRows },
  };
}
