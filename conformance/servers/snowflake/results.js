// Results in pieces as the two protocols hand them out. Rows are written once, as JSON text.
import { gzipSync } from 'node:zlib';
import { cellWriter, resultType } from './types.js';

const firstPartition = 500;
const largestPartition = 50_000;

/** A result of the engine's as {rowType, partitions: [{rowCount, rows: JSON texts joined, size}], numRows}. Partitions grow, as recorded. */
export function encodeResult({ columns, data, rowCount }, place, driver) {
  const rowType = columns.map((column) => resultType(column.name, column.type, place));
  const writers = columns.map((column) => cellWriter(column.type, driver));
  const partitions = [];
  for (let from = 0, size = firstPartition; from < rowCount || partitions.length === 0; from += size, size = Math.min(size * 2, largestPartition)) {
    const to = Math.min(rowCount, from + size);
    const rows = [];
    for (let r = from; r < to; r++) {
      const row = new Array(columns.length);
      for (let c = 0; c < columns.length; c++) row[c] = data[c][r] === null ? null : writers[c](data[c][r]);
      rows.push(JSON.stringify(row));
    }
    partitions.push(partition(to - from, rows.join(',\n')));
    if (to === rowCount) break;
  }
  return { rowType, partitions, numRows: rowCount };
}

/** A result that a test made: {rowType, partitions: [[row, ...], ...], repeat}; the later partitions are given `repeat` times. */
export function cannedResult(entry) {
  const list = entry.partitions.map((rows) => partition(rows.length, rows.map((row) => JSON.stringify(row)).join(',\n')));
  const [first, ...later] = list;
  const partitions = [first];
  for (let i = 0; i < (entry.repeat ?? 1); i++) partitions.push(...later);
  return { rowType: entry.rowType, partitions, numRows: partitions.reduce((sum, each) => sum + each.rowCount, 0) };
}

function partition(rowCount, rows) {
  return {
    rowCount,
    rows,
    size: Buffer.byteLength(rows),
    // Both kinds are made when they are first asked for, and kept.
    get undecorated() { return (this.packed ??= gzipSync(`{"data":[${this.rows}]}`, { level: 1 })); },
    get chunk() { return (this.chunked ??= gzipSync(this.rows, { level: 1 })); },
  };
}

export function partitionInfo(result) {
  return result.partitions.map((each, i) => ({ rowCount: each.rowCount, uncompressedSize: each.size, ...(i > 0 ? { compressedSize: each.undecorated.length } : {}) }));
}
