// Types of Databricks SQL: their spelling, the names of the API, and the neutral types of the engines (common/duckdb.js).
import { SqlError } from '../common/duckdb.js';

const simple = {
  BOOLEAN: 'boolean', TINYINT: 'int8', BYTE: 'int8', SMALLINT: 'int16', SHORT: 'int16', INT: 'int32', INTEGER: 'int32', BIGINT: 'int64', LONG: 'int64',
  FLOAT: 'float32', REAL: 'float32', DOUBLE: 'float64', STRING: 'text', BINARY: 'binary', DATE: 'date', TIMESTAMP: 'instant', TIMESTAMP_LTZ: 'instant', TIMESTAMP_NTZ: 'timestamp', VOID: 'null',
};

/** A type as spelled: {text, neutral?} where neutral is undefined for nested and other types. */
export function parseType(spelled) {
  const text = spelled.trim().replace(/\s+/g, ' ');
  const upper = text.toUpperCase();
  const decimal = /^(?:DECIMAL|DEC|NUMERIC)(?: ?\( ?(\d+) ?(?:, ?(\d+) ?)?\))?$/.exec(upper);
  if (decimal) {
    const precision = Number(decimal[1] ?? 10);
    const scale = Number(decimal[2] ?? 0);
    if (precision < 1 || precision > 38 || scale > precision) throw new SqlError(`${spelled} is no decimal of Databricks SQL`);
    return { text: `DECIMAL(${precision},${scale})`, neutral: { kind: 'decimal', precision, scale } };
  }
  const collated = /^STRING COLLATE (\w+)$/.exec(upper);
  if (collated) return { text: `STRING COLLATE ${collated[1]}`, neutral: { kind: 'text' }, collation: collated[1] };
  if (/^(VARCHAR|CHAR) ?\( ?\d+ ?\)$/.test(upper)) return { text: upper.replace(/ /g, ''), neutral: { kind: 'text' } };
  if (simple[upper]) return { text: canonical(upper), neutral: { kind: simple[upper] } };
  if (/^(ARRAY|MAP|STRUCT)\b|^INTERVAL\b|^VARIANT$|^OBJECT$|^GEOGRAPHY|^GEOMETRY/.test(upper)) return { text };
  throw new SqlError(`${spelled} is no type of Databricks SQL`);
}

const canonical = (upper) => ({ BYTE: 'TINYINT', SHORT: 'SMALLINT', INTEGER: 'INT', LONG: 'BIGINT', REAL: 'FLOAT', TIMESTAMP_LTZ: 'TIMESTAMP' })[upper] ?? upper;

/** The column entry of a manifest. */
export function manifestColumn(name, neutral, position) {
  const column = { name, ...manifestType(neutral), position };
  if (neutral.kind === 'decimal') Object.assign(column, { type_precision: neutral.precision, type_scale: neutral.scale });
  return column;
}

function manifestType(neutral) {
  switch (neutral.kind) {
    case 'boolean': return { type_text: 'BOOLEAN', type_name: 'BOOLEAN' };
    case 'int8': return { type_text: 'TINYINT', type_name: 'BYTE' };
    case 'int16': return { type_text: 'SMALLINT', type_name: 'SHORT' };
    case 'int32': return { type_text: 'INT', type_name: 'INT' };
    case 'int64': return { type_text: 'BIGINT', type_name: 'LONG' };
    case 'float32': return { type_text: 'FLOAT', type_name: 'FLOAT' };
    case 'float64': return { type_text: 'DOUBLE', type_name: 'DOUBLE' };
    case 'decimal': return { type_text: `DECIMAL(${neutral.precision},${neutral.scale})`, type_name: 'DECIMAL' };
    case 'text': return { type_text: 'STRING', type_name: 'STRING' };
    case 'binary': return { type_text: 'BINARY', type_name: 'BINARY' };
    case 'date': return { type_text: 'DATE', type_name: 'DATE' };
    case 'instant': return { type_text: 'TIMESTAMP', type_name: 'TIMESTAMP' };
    case 'timestamp': return { type_text: 'TIMESTAMP_NTZ', type_name: 'TIMESTAMP_NTZ' };
    case 'null': return { type_text: 'VOID', type_name: 'NULL' };
    default: throw new SqlError(`This server cannot return values of the kind ${neutral.kind}.`);
  }
}

/** A value as a cell of JSON_ARRAY: text or null. */
export function jsonCell(value, neutral) {
  if (value === null) return null;
  switch (neutral.kind) {
    case 'float32': return javaFloat(value, true);
    case 'float64': return javaFloat(value, false);
    case 'binary': return value.toString('base64');
    case 'date': return dateText(value);
    // Three digits, whatever is stored: microseconds are cut.
    case 'instant': return `${millisText(value)}Z`;
    case 'timestamp': return millisText(value);
    default: return String(value);
  }
}

function dateText(days) {
  const [year, month, day] = civil(days);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function millisText(micros) {
  const perDay = 86_400_000_000n;
  let days = micros / perDay;
  let rest = micros % perDay;
  if (rest < 0n) { rest += perDay; days -= 1n; }
  const millis = Number(rest / 1000n);
  const two = (n) => String(n).padStart(2, '0');
  return `${dateText(days)}T${two(Math.floor(millis / 3_600_000))}:${two(Math.floor(millis / 60_000) % 60)}:${two(Math.floor(millis / 1000) % 60)}.${String(millis % 1000).padStart(3, '0')}`;
}

// Days since 1970-01-01 as year, month, day of the proleptic Gregorian calendar.
function civil(days) {
  const z = Number(days) + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - Math.floor((153 * mp + 2) / 5) + 1];
}

/** A float as Java prints it: 1.0E7, 1.6777216E7, NaN, Infinity; a negative zero prints without its sign, as the service does. */
export function javaFloat(value, single) {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return '0.0';
  if (!single && Math.abs(value) === 5e-324) return value > 0 ? '4.9E-324' : '-4.9E-324';
  const digits = single ? shortestSingle(Math.fround(value)) : value.toExponential();
  const [, sign, lead, fraction = '', exponent] = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(digits);
  const power = Number(exponent);
  const all = lead + fraction;
  if (power >= -3 && power < 7) {
    const whole = power < 0 ? '0' : all.slice(0, power + 1).padEnd(power + 1, '0');
    const behind = power < 0 ? '0'.repeat(-power - 1) + all : all.slice(power + 1);
    return `${sign}${whole}.${behind || '0'}`;
  }
  return `${sign}${lead}.${fraction || '0'}E${power}`;
}

function shortestSingle(value) {
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return text;
  }
  return value.toExponential(8);
}
