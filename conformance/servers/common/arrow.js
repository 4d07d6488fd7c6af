// Columnar results as Arrow IPC streams. Buffers are filled here, value by value, so that no type goes through a JavaScript number that
// cannot hold it; the library writes the metadata.
import * as arrow from 'apache-arrow';

/** The Arrow type of a neutral type (see duckdb.js). `zone` names the time zone of instants. */
export function arrowType(type, { zone = 'UTC' } = {}) {
  switch (type.kind) {
    case 'boolean': return new arrow.Bool();
    case 'int8': return new arrow.Int8();
    case 'int16': return new arrow.Int16();
    case 'int32': return new arrow.Int32();
    case 'int64': return new arrow.Int64();
    case 'float32': return new arrow.Float32();
    case 'float64': return new arrow.Float64();
    case 'decimal': return new arrow.Decimal(type.scale, type.precision, 128);
    case 'text': return new arrow.Utf8();
    case 'binary': return new arrow.Binary();
    case 'date': return new arrow.DateDay();
    case 'time': return new arrow.TimeMicrosecond();
    case 'timestamp': return new arrow.TimestampMicrosecond();
    case 'instant': return new arrow.TimestampMicrosecond(zone);
    case 'null': return new arrow.Null();
    default: throw new Error(`No Arrow type for ${type.kind}.`);
  }
}

export function arrowSchema(columns, options) {
  return new arrow.Schema(columns.map((column) => new arrow.Field(column.name, arrowType(column.type, options), true)));
}

/** Rows [from, to) as one record batch. `data` is columnar. */
export function recordBatch(schema, columns, data, from, to) {
  const children = columns.map((column, i) => arrayData(schema.fields[i].type, column.type, data[i], from, to));
  const struct = arrow.makeData({ type: new arrow.Struct(schema.fields), length: to - from, nullCount: 0, children });
  return new arrow.RecordBatch(schema, struct);
}

/** A whole IPC stream: schema, batches, end. */
export function ipcStream(schema, batches) {
  const writer = new arrow.RecordBatchStreamWriter();
  if (batches.length === 0) writer.reset(undefined, schema);
  for (const batch of batches) writer.write(batch);
  writer.finish();
  return Buffer.from(writer.toUint8Array(true));
}

/** Rows [from, to) as an IPC stream with batches of at most `batchRows`. */
export function encodeRows(columns, data, from, to, { batchRows = 4096, zone } = {}) {
  const schema = arrowSchema(columns, { zone });
  const batches = [];
  for (let start = from; start < to; start += batchRows) batches.push(recordBatch(schema, columns, data, start, Math.min(to, start + batchRows)));
  return ipcStream(schema, batches);
}

function arrayData(type, { kind, scale }, values, from, to) {
  const length = to - from;
  if (kind === 'null') return arrow.makeData({ type, length, nullCount: length });
  const validity = new Uint8Array(((length + 63) >> 6) << 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (values[from + i] === null) nullCount++;
    else validity[i >> 3] |= 1 << (i & 7);
  }
  const common = { type, length, nullCount, nullBitmap: nullCount > 0 ? validity : undefined };
  const fill = (array, convert) => {
    for (let i = 0; i < length; i++) if (values[from + i] !== null) array[i] = convert(values[from + i]);
    return arrow.makeData({ ...common, data: array });
  };
  switch (kind) {
    case 'boolean': {
      const bits = new Uint8Array(((length + 63) >> 6) << 3);
      for (let i = 0; i < length; i++) if (values[from + i]) bits[i >> 3] |= 1 << (i & 7);
      return arrow.makeData({ ...common, data: bits });
    }
    case 'int8': return fill(new Int8Array(length), Number);
    case 'int16': return fill(new Int16Array(length), Number);
    case 'int32': return fill(new Int32Array(length), Number);
    case 'date': return fill(new Int32Array(length), Number);
    case 'int64': case 'time': case 'timestamp': case 'instant': return fill(new BigInt64Array(length), BigInt);
    case 'float32': return fill(new Float32Array(length), Number);
    case 'float64': return fill(new Float64Array(length), Number);
    case 'decimal': {
      const words = new BigInt64Array(length * 2);
      for (let i = 0; i < length; i++) {
        const value = values[from + i];
        if (value === null) continue;
        const unscaled = unscaledOf(value, scale);
        words[2 * i] = BigInt.asIntN(64, unscaled);
        words[2 * i + 1] = unscaled >> 64n;
      }
      return arrow.makeData({ ...common, data: new Uint32Array(words.buffer) });
    }
    case 'text': case 'binary': {
      const offsets = new Int32Array(length + 1);
      const parts = [];
      let total = 0;
      for (let i = 0; i < length; i++) {
        const value = values[from + i];
        if (value !== null) {
          const bytes = kind === 'text' ? Buffer.from(value, 'utf8') : value;
          parts.push(bytes);
          total += bytes.length;
        }
        offsets[i + 1] = total;
      }
      return arrow.makeData({ ...common, valueOffsets: offsets, data: new Uint8Array(Buffer.concat(parts)) });
    }
    default: throw new Error(`No Arrow buffers for ${kind}.`);
  }
}

/** "1.50" with scale 2 is 150n. */
export function unscaledOf(text, scale) {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is no decimal.`);
  const fraction = (match[3] ?? '').padEnd(scale, '0');
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale))) throw new Error(`${text} has more than ${scale} decimals.`);
  const digits = BigInt(match[2] + fraction.slice(0, scale) || '0');
  return match[1] ? -digits : digits;
}
