// Results as Arrow IPC messages, as the Storage Read API sends them: a bare schema message, and bare batch messages without schema or end of stream.
import * as arrow from 'apache-arrow';

/** @returns {{schema: Buffer, batches: [{bytes: Buffer, rows: number}]}} */
function encode(columns, rows, rowsPerBatch) {
  const fields = columns.map(column => new arrow.Field(column.name, typeOf(column.type), column.mode !== 'REQUIRED', metadata(column.type)));
  const schema = new arrow.Schema(fields);
  const batches = [];
  for (let start = 0; start < rows.length; start += rowsPerBatch) {
    const part = rows.slice(start, start + rowsPerBatch);
    const children = columns.map((column, i) => dataOf(column.type, part.map(row => row[i])));
    batches.push(new arrow.RecordBatch(schema, arrow.makeData({ type: new arrow.Struct(fields), length: part.length, nullCount: 0, children })));
  }

  const writer = new arrow.RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  batches.forEach(batch => writer.write(batch));
  writer.finish();
  const [first, ...others] = messages(Buffer.from(writer.toUint8Array(true)));
  return { schema: first, batches: others.map((bytes, i) => ({ bytes, rows: batches[i].numRows })) };
}

function typeOf(type) {
  switch (type.kind) {
    case 'INT64': return new arrow.Int64();
    case 'FLOAT64': return new arrow.Float64();
    case 'BOOL': return new arrow.Bool();
    case 'STRING': case 'JSON': return new arrow.Utf8();
    case 'BYTES': return new arrow.Binary();
    case 'DATE': return new arrow.DateDay();
    case 'DATETIME': return new arrow.TimestampMicrosecond();
    case 'TIMESTAMP': return new arrow.TimestampMicrosecond('UTC');
    case 'TIME': return new arrow.TimeMicrosecond();
    case 'NUMERIC': return new arrow.Decimal(9, 38, 128);
    case 'BIGNUMERIC': return new arrow.Decimal(38, 76, 256);
    case 'ARRAY': return new arrow.List(new arrow.Field('item', typeOf(type.element), true));
    case 'STRUCT': return new arrow.Struct(type.fields.map(field => new arrow.Field(field.name, typeOf(field.type), true)));
    default: throw new Error(`No Arrow type for ${type.kind}.`);
  }
}

function metadata(type) {
  const name = { DATETIME: 'google:sqlType:datetime', JSON: 'google:sqlType:json' }[type.kind];
  return name ? new Map([['ARROW:extension:name', name]]) : undefined;
}

function dataOf(type, cells) {
  const length = cells.length;
  const nulls = cells.reduce((count, cell) => count + (cell === null ? 1 : 0), 0);
  const common = { type: typeOf(type), length, nullCount: nulls, nullBitmap: nulls ? bits(cells, cell => cell !== null) : undefined };
  switch (type.kind) {
    case 'INT64': case 'DATETIME': case 'TIMESTAMP': case 'TIME':
      return arrow.makeData({ ...common, data: BigInt64Array.from(cells, cell => cell ?? 0n) });
    case 'FLOAT64': return arrow.makeData({ ...common, data: Float64Array.from(cells, cell => cell ?? 0) });
    case 'DATE': return arrow.makeData({ ...common, data: Int32Array.from(cells, cell => cell ?? 0) });
    case 'BOOL': return arrow.makeData({ ...common, data: bits(cells, cell => cell === true) });
    case 'NUMERIC': case 'BIGNUMERIC': return arrow.makeData({ ...common, data: decimals(cells, type.kind === 'NUMERIC' ? 2 : 4) });
    case 'STRING': case 'JSON': case 'BYTES': {
      const parts = cells.map(cell => cell === null ? Buffer.alloc(0) : Buffer.from(cell));
      return arrow.makeData({ ...common, valueOffsets: offsets(parts.map(part => part.length)), data: Buffer.concat(parts) });
    }
    case 'ARRAY':
      return arrow.makeData({ ...common, valueOffsets: offsets(cells.map(cell => cell?.length ?? 0)), child: dataOf(type.element, cells.flatMap(cell => cell ?? [])) });
    case 'STRUCT':
      return arrow.makeData({ ...common, children: type.fields.map((field, i) => dataOf(field.type, cells.map(cell => cell?.[i] ?? null))) });
    default: throw new Error(`No Arrow data for ${type.kind}.`);
  }
}

function bits(cells, test) {
  const bytes = new Uint8Array(Math.ceil(cells.length / 64) * 8);
  cells.forEach((cell, i) => { if (test(cell)) { bytes[i >> 3] |= 1 << (i & 7); } });
  return bytes;
}

function offsets(lengths) {
  const result = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => { result[i + 1] = result[i] + length; });
  return result;
}

function decimals(cells, words) {
  const result = new BigUint64Array(cells.length * words);
  cells.forEach((cell, i) => {
    const bitsOf = BigInt.asUintN(words * 64, cell ?? 0n);
    for (let word = 0; word < words; word++) {
      result[i * words + word] = BigInt.asUintN(64, bitsOf >> BigInt(64 * word));
    }
  });
  return new Uint32Array(result.buffer);
}

// The stream, cut into its encapsulated messages; the end mark is none.
function messages(stream) {
  const found = [];
  for (let at = 0; at < stream.length;) {
    const metadataLength = stream.readInt32LE(at + 4);
    if (metadataLength === 0) {
      break;
    }

    const bodyLength = bodyOf(stream.subarray(at + 8, at + 8 + metadataLength));
    const end = at + 8 + metadataLength + bodyLength;
    found.push(stream.subarray(at, end));
    at = end;
  }

  return found;
}

// Message is a flat table whose field 3 is bodyLength.
function bodyOf(metadata) {
  const table = metadata.readInt32LE(0);
  const vtable = table - metadata.readInt32LE(table);
  const slots = (metadata.readUInt16LE(vtable) - 4) / 2;
  const offset = slots > 3 ? metadata.readUInt16LE(vtable + 4 + 6) : 0;
  return offset ? Number(metadata.readBigInt64LE(table + offset)) : 0;
}

export { encode };
