// Snowflake's types and the texts of their values.
import { unsupported, SnowflakeError } from './errors.js';

const day = 86_400n;

/** A type as a table spells it: {kind, precision, scale, length, engine: the engine's type, native: its name in the catalogue}. */
export function parseType(text) {
  const match = /^\s*([A-Za-z_]+(?:\s+PRECISION|\s+VARYING)?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/i.exec(text);
  if (!match) throw new Error(`${JSON.stringify(text)} is no type of Snowflake's.`);
  const name = match[1].toUpperCase().replace(/\s+/, ' ');
  const [first, second] = [match[2], match[3]].map((number) => (number === undefined ? undefined : Number(number)));
  switch (name) {
    case 'NUMBER': case 'DECIMAL': case 'NUMERIC': case 'DEC': {
      const [precision, scale] = [first ?? 38, second ?? 0];
      if (precision < 1 || precision > 38 || scale > precision || scale > 37) throw new Error(`${text} is out of range.`);
      return { kind: 'fixed', precision, scale, native: 'NUMBER', engine: `DECIMAL(${precision},${scale})` };
    }
    case 'INT': case 'INTEGER': case 'BIGINT': case 'SMALLINT': case 'TINYINT': case 'BYTEINT':
      return { kind: 'fixed', precision: 38, scale: 0, native: 'NUMBER', engine: 'DECIMAL(38,0)' };
    case 'FLOAT': case 'FLOAT4': case 'FLOAT8': case 'DOUBLE': case 'DOUBLE PRECISION': case 'REAL':
      return { kind: 'real', native: 'FLOAT', engine: 'DOUBLE' };
    case 'VARCHAR': case 'STRING': case 'TEXT': case 'NVARCHAR': case 'CHAR VARYING':
      return { kind: 'text', length: first ?? 16777216, native: 'TEXT', engine: 'VARCHAR' };
    case 'CHAR': case 'CHARACTER': case 'NCHAR':
      return { kind: 'text', length: first ?? 1, native: 'TEXT', engine: 'VARCHAR' };
    case 'BOOLEAN': return { kind: 'boolean', native: 'BOOLEAN', engine: 'BOOLEAN' };
    case 'DATE': return { kind: 'date', native: 'DATE', engine: 'DATE' };
    case 'TIME': return { kind: 'time', scale: first ?? 9, native: 'TIME', engine: 'TIME' };
    case 'TIMESTAMP': case 'TIMESTAMP_NTZ': case 'DATETIME':
      return { kind: 'timestamp_ntz', scale: first ?? 9, native: 'TIMESTAMP_NTZ', engine: 'TIMESTAMP' };
    case 'TIMESTAMP_LTZ': return { kind: 'timestamp_ltz', scale: first ?? 9, native: 'TIMESTAMP_LTZ', engine: 'TIMESTAMPTZ' };
    // The engine keeps no offset beside an instant: such a column can be described, and its values only come from canned results.
    case 'TIMESTAMP_TZ': return { kind: 'timestamp_tz', scale: first ?? 9, native: 'TIMESTAMP_TZ', engine: 'TIMESTAMPTZ', describedOnly: true };
    case 'BINARY': case 'VARBINARY': return { kind: 'binary', length: first ?? 8388608, native: 'BINARY', engine: 'BLOB' };
    case 'VARIANT': case 'OBJECT': case 'ARRAY': case 'GEOGRAPHY': case 'GEOMETRY':
      return { kind: name.toLowerCase(), native: name, engine: 'VARCHAR', describedOnly: true };
    default: throw new Error(`${JSON.stringify(text)} is no type of Snowflake's that this server has.`);
  }
}

/** Refuses values that the column of Snowflake would hold and the engine would not hold exactly. */
export function checkValue(type, value, place) {
  if (value === null || value === undefined) return;
  if (type.describedOnly) throw new Error(`${place}: values of ${type.native} cannot be loaded into this server.`);
  const text = String(value);
  if (type.kind === 'timestamp_ntz' && /[zZ]$|[+-]\d\d(:?\d\d)?$/.test(text.slice(10))) throw new Error(`${place}: a TIMESTAMP_NTZ has no zone.`);
  if ((type.kind.startsWith('timestamp') || type.kind === 'time') && /\.\d{7,}/.test(text)) throw new Error(`${place}: the engine of this server holds no more than microseconds.`);
  if (type.kind === 'text' && [...text].length > type.length) throw new Error(`${place}: the text is longer than its column.`);
}

/** The type of a result's column, as `rowType` describes it, of the engine's neutral type. */
export function resultType(name, type, place) {
  const common = { name, database: place.database ?? '', schema: place.schema ?? '', table: '', nullable: true, collation: null, length: null, byteLength: null, precision: null, scale: null };
  const fixed = (precision, scale = 0) => ({ ...common, type: 'fixed', precision, scale });
  switch (type.kind) {
    case 'boolean': return { ...common, type: 'boolean' };
    case 'int8': return fixed(3);
    case 'int16': return fixed(5);
    case 'int32': return fixed(10);
    case 'int64': return fixed(19);
    case 'decimal': return fixed(type.precision, type.scale);
    case 'float32': case 'float64': return { ...common, type: 'real' };
    case 'text': case 'null': return { ...common, type: 'text', length: 16777216, byteLength: 67108864 };
    case 'binary': return { ...common, type: 'binary', length: 8388608, byteLength: 8388608 };
    case 'date': return { ...common, type: 'date' };
    case 'time': return { ...common, type: 'time', precision: 0, scale: 9 };
    case 'timestamp': return { ...common, type: 'timestamp_ntz', precision: 0, scale: 9 };
    case 'instant': return { ...common, type: 'timestamp_ltz', precision: 0, scale: 9 };
    default: throw unsupported(`a column of ${type.kind}`);
  }
}

/** The function that writes a value of the engine as the text of a cell. The driver protocol spells booleans otherwise. */
export function cellWriter(type, driver) {
  switch (type.kind) {
    case 'boolean': return driver ? (value) => (value ? '1' : '0') : (value) => (value ? 'true' : 'false');
    case 'float32': case 'float64': return (value) => (Number.isNaN(value) ? 'NaN' : value === Infinity ? 'inf' : value === -Infinity ? '-inf' : Object.is(value, -0) ? '-0' : String(value));
    case 'binary': return (value) => value.toString('hex').toUpperCase();
    case 'time': case 'timestamp': case 'instant': return seconds;
    default: return String;
  }
}

// Microseconds as seconds with nine decimals; a negative number is one number, not two parts.
function seconds(microseconds) {
  const negative = microseconds < 0n;
  const size = negative ? -microseconds : microseconds;
  return `${negative ? '-' : ''}${size / 1_000_000n}.${String(size % 1_000_000n).padStart(6, '0')}000`;
}

/** The engine's literal for a bound value. */
export function bindLiteral(key, bind, quoteText) {
  if (Array.isArray(bind.value)) throw unsupported('array binds');
  const { type, value } = bind;
  const misfit = () => new SnowflakeError('002086', '22000', `SQL compilation error:\nBind variable :${key} with type '${type}' has a value that does not fit.`);
  const kind = String(type).toUpperCase();
  const engine = { FIXED: 'DECIMAL(38,0)', REAL: 'DOUBLE', TEXT: 'VARCHAR', BOOLEAN: 'BOOLEAN', BINARY: 'BLOB', DATE: 'DATE', TIME: 'TIME', TIMESTAMP_NTZ: 'TIMESTAMP', TIMESTAMP_LTZ: 'TIMESTAMPTZ' }[kind];
  if (kind === 'TIMESTAMP_TZ') throw unsupported('binds of TIMESTAMP_TZ');
  if (engine === undefined) throw new SnowflakeError('002040', '42601', `SQL compilation error:\nUnsupported data type '${kind}'.`);
  if (value === null) return `CAST(NULL AS ${engine})`;
  if (typeof value !== 'string') throw misfit();
  const whole = () => { if (!/^[+-]?\d+$/.test(value)) throw misfit(); return BigInt(value); };
  const micros = (nanoseconds) => { if (nanoseconds % 1000n !== 0n) throw unsupported('nanoseconds'); return nanoseconds / 1000n; };
  switch (kind) {
    case 'FIXED': {
      const match = /^[+-]?(\d+)(?:\.(\d+))?$/.exec(value);
      if (!match || match[1].length + (match[2]?.length ?? 0) > 38) throw misfit();
      return `CAST('${value}' AS DECIMAL(38,${match[2]?.length ?? 0}))`;
    }
    case 'REAL':
      if (!/^([+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|NaN|-?Infinity)$/.test(value)) throw misfit();
      return `CAST('${Number(value)}' AS DOUBLE)`;
    case 'TEXT': return quoteText(value);
    case 'BOOLEAN':
      if (!/^(true|false)$/i.test(value)) throw misfit();
      return value.toUpperCase();
    case 'BINARY':
      if (!/^([0-9a-f]{2})*$/i.test(value)) throw misfit();
      return `unhex('${value}')`;
    // Milliseconds: days sent here are a day in 1970, as recorded.
    case 'DATE': return `(DATE '1970-01-01' + CAST(${floorDivide(whole(), day * 1000n)} AS INTEGER))`;
    case 'TIME': return `CAST(make_time(0, 0, 0) + to_microseconds(${micros(whole())}) AS TIME)`;
    case 'TIMESTAMP_NTZ': return `make_timestamp(${micros(whole())})`;
    default: return `to_timestamp(0) + to_microseconds(${micros(whole())})`;
  }
}

function floorDivide(left, right) { return left / right - (left % right < 0n ? 1n : 0n); }
