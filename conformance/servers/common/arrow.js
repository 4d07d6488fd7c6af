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

/** IPC streams of one schema, decoded: {columns, data, rowCount} with neutral types and values (see duckdb.js). */
export function decodeStreams(streams) {
  let columns;
  let data;
  let rowCount = 0;
  for (const bytes of streams) {
    const reader = arrow.RecordBatchReader.from(bytes);
    reader.open();
    columns ??= reader.schema.fields.map((field) => ({ name: field.name, type: neutralType(field.type) }));
    data ??= columns.map(() => []);
    for (const batch of reader) {
      rowCount += batch.numRows;
      columns.forEach((column, i) => appendValues(data[i], batch.data.children[i], column.type, batch.numRows));
    }
  }
  return { columns, data, rowCount };
}

function neutralType(type) {
  if (arrow.DataType.isBool(type)) return { kind: 'boolean' };
  if (arrow.DataType.isInt(type) && type.isSigned) return { kind: `int${type.bitWidth}` };
  if (arrow.DataType.isFloat(type)) return { kind: type.precision === arrow.Precision.SINGLE ? 'float32' : 'float64' };
  if (arrow.DataType.isDecimal(type)) return { kind: 'decimal', precision: type.precision, scale: type.scale };
  if (arrow.DataType.isUtf8(type)) return { kind: 'text' };
  if (arrow.DataType.isBinary(type)) return { kind: 'binary' };
  if (arrow.DataType.isDate(type)) return { kind: 'date' };
  if (arrow.DataType.isTimestamp(type) && type.unit === arrow.TimeUnit.MICROSECOND) return { kind: type.timezone ? 'instant' : 'timestamp' };
  if (arrow.DataType.isNull(type)) return { kind: 'null' };
  throw new Error(`Values of the Arrow type ${type} are not handed on.`);
}

function appendValues(values, data, type, length) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const wide = type.kind === 'decimal' ? new BigInt64Array(data.values.buffer, data.values.byteOffset, length * 2) : undefined;
  const bytes = (i) => data.values.subarray(data.valueOffsets[i], data.valueOffsets[i + 1]);
  const read = {
    boolean: (i) => ((data.values[(data.offset + i) >> 3] >> ((data.offset + i) & 7)) & 1) === 1,
    decimal: (i) => decimalText((wide[2 * i + 1] << 64n) | BigInt.asUintN(64, wide[2 * i]), type.scale),
    text: (i) => decoder.decode(bytes(i)),
    binary: (i) => Buffer.from(bytes(i)),
    float32: (i) => data.values[i], float64: (i) => data.values[i],
    null: () => null,
  }[type.kind] ?? ((i) => BigInt(data.values[i]));
  for (let i = 0; i < length; i++) values.push(data.nullCount > 0 && !data.getValid(i) ? null : read(i));
}

/** 150n with scale 2 is "1.50". */
export function decimalText(unscaled, scale) {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
