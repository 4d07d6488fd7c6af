// Values, in three forms: as people write them in JSON, as ZetaSQL's messages hold them, and as the REST API sends them.
// In between: BigInt for INT64, micro- and scaled units, number for FLOAT64 and days, Buffer for BYTES, arrays for ARRAY and STRUCT, null for NULL.
import { Unsupported } from './types.js';

const microsecondsADay = 86_400_000_000n;
const powers = { NUMERIC: 9, BIGNUMERIC: 38 };

/** A value from its JSON form: text in the REST API's spelling (bytes also in hexadecimal), or the JSON value itself for numbers and booleans. */
function parse(json, type, binary = 'base64') {
  if (json === null || json === undefined) {
    return type.kind === 'ARRAY' ? [] : null;
  }

  const text = String(json);
  switch (type.kind) {
    case 'INT64': return BigInt(text);
    case 'FLOAT64': return parseFloat64(text);
    case 'BOOL': return text.toLowerCase() === 'true';
    case 'STRING': case 'JSON': return text;
    case 'BYTES': return Buffer.from(text, binary);
    case 'DATE': return Number(parseDays(text));
    case 'DATETIME': return parseClock(text.replace(/Z$/, ''));
    case 'TIMESTAMP': return parseInstant(text);
    case 'TIME': return parseTime(text);
    case 'NUMERIC': case 'BIGNUMERIC': return parseScaled(text, powers[type.kind]);
    case 'ARRAY': return json.map(item => parse(item, type.element, binary));
    default: throw new Unsupported(`a value of ${type.kind} in a table`);
  }
}

function parseFloat64(text) {
  const special = { nan: NaN, inf: Infinity, infinity: Infinity, '+inf': Infinity, '-inf': -Infinity, '-infinity': -Infinity }[text.toLowerCase()];
  return special === undefined ? Number(text) : special;
}

function parseScaled(text, scale) {
  const [, sign, whole, fraction = '', exponent = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? fail(text);
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction || '0');
  const scaled = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift);
  if (shift < 0 && scaled * 10n ** BigInt(-shift) !== digits) {
    fail(text);
  }

  return sign === '-' ? -scaled : scaled;
}

function parseDays(text) {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? fail(text);
  return daysOf(BigInt(year), BigInt(month), BigInt(day));
}

function parseTime(text) {
  const [, hour, minute, second = '0', fraction = ''] = /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?$/.exec(text) ?? fail(text);
  return ((BigInt(hour) * 60n + BigInt(minute)) * 60n + BigInt(second)) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
}

function parseClock(text) {
  const [day, time = '00:00:00'] = text.trim().split(/[T ]/);
  return parseDays(day) * microsecondsADay + parseTime(time);
}

function parseInstant(text) {
  const [, clock, zone] = /^(.*?)(?:\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?))?$/i.exec(text) ?? fail(text);
  const offset = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  const minutes = offset ? BigInt(offset[2]) * 60n + BigInt(offset[3] ?? 0) : 0n;
  return parseClock(clock) - (offset?.[1] === '-' ? -minutes : minutes) * 60_000_000n;
}

// Proleptic Gregorian, as days since 1970-01-01.
function daysOf(year, month, day) {
  const y = month <= 2n ? year - 1n : year;
  const era = (y >= 0n ? y : y - 399n) / 400n;
  const yearOfEra = y - era * 400n;
  const dayOfYear = (153n * (month + (month > 2n ? -3n : 9n)) + 2n) / 5n + day - 1n;
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n;
}

function civilOf(days) {
  const z = days + 719_468n;
  const era = (z >= 0n ? z : z - 146_096n) / 146_097n;
  const dayOfEra = z - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const mp = (5n * dayOfYear + 2n) / 153n;
  const month = mp < 10n ? mp + 3n : mp - 9n;
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month, day: dayOfYear - (153n * mp + 2n) / 5n + 1n };
}

const split = micros => {
  const days = micros >= 0n ? micros / microsecondsADay : -((-micros + microsecondsADay - 1n) / microsecondsADay);
  return [days, micros - days * microsecondsADay];
};

function clockParts(micros) {
  const [days, rest] = split(micros);
  return { ...civilOf(days), hour: rest / 3_600_000_000n, minute: rest / 60_000_000n % 60n, second: rest / 1_000_000n % 60n, micro: rest % 1_000_000n };
}

const two = number => String(number).padStart(2, '0');
const dateText = days => { const { year, month, day } = civilOf(BigInt(days)); return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`; };
const timeText = rest => `${two(rest / 3_600_000_000n)}:${two(rest / 60_000_000n % 60n)}:${two(rest / 1_000_000n % 60n)}${rest % 1_000_000n ? `.${String(rest % 1_000_000n).padStart(6, '0')}` : ''}`;
const clockText = micros => { const [days, rest] = split(micros); return `${dateText(days)}T${timeText(rest)}`; };

/** A value as a message of ZetaSQL. */
function toProto(value, type) {
  if (value === null) {
    return {};
  }

  switch (type.kind) {
    case 'INT64': return { int64Value: value.toString() };
    case 'FLOAT64': return { doubleValue: value };
    case 'BOOL': return { boolValue: value };
    case 'STRING': return { stringValue: value };
    case 'JSON': return { jsonValue: value };
    case 'BYTES': return { bytesValue: value };
    case 'DATE': return { dateValue: value };
    case 'DATETIME': {
      const { year, month, day, hour, minute, second, micro } = clockParts(value);
      return { datetimeValue: { bitFieldDatetimeSeconds: (year << 26n | month << 22n | day << 17n | hour << 12n | minute << 6n | second).toString(), nanos: Number(micro) * 1000 } };
    }
    case 'TIME': return { timeValue: ((((value / 3_600_000_000n) << 6n | value / 60_000_000n % 60n) << 6n | value / 1_000_000n % 60n) << 30n | value % 1_000_000n * 1000n).toString() };
    case 'TIMESTAMP': {
      const seconds = value >= 0n ? value / 1_000_000n : -((-value + 999_999n) / 1_000_000n);
      return { timestampValue: { seconds: seconds.toString(), nanos: Number(value - seconds * 1_000_000n) * 1000 } };
    }
    case 'NUMERIC': return { numericValue: littleEndian(value) };
    case 'BIGNUMERIC': return { bignumericValue: littleEndian(value) };
    case 'ARRAY': return { arrayValue: { element: value.map(item => toProto(item, type.element)) } };
    case 'STRUCT': return { structValue: { field: value.map((item, i) => toProto(item, type.fields[i].type)) } };
    default: throw new Unsupported(`a value of ${type.kind}`);
  }
}

/** A value from a message of ZetaSQL. */
function fromProto(proto, type) {
  if (!proto?.value) {
    return type.kind === 'ARRAY' ? [] : null;
  }

  switch (type.kind) {
    case 'INT64': return BigInt(proto.int64Value);
    case 'FLOAT64': return proto.doubleValue;
    case 'BOOL': return proto.boolValue;
    case 'STRING': return proto.stringValue;
    case 'JSON': return proto.jsonValue;
    case 'BYTES': return proto.bytesValue;
    case 'DATE': return proto.dateValue;
    case 'DATETIME': {
      const bits = BigInt(proto.datetimeValue.bitFieldDatetimeSeconds);
      return daysOf(bits >> 26n, bits >> 22n & 15n, bits >> 17n & 31n) * microsecondsADay
        + ((bits >> 12n & 31n) * 3600n + (bits >> 6n & 63n) * 60n + (bits & 63n)) * 1_000_000n + BigInt(Math.floor((proto.datetimeValue.nanos ?? 0) / 1000));
    }
    case 'TIME': {
      const bits = BigInt(proto.timeValue);
      return ((bits >> 42n) * 3600n + (bits >> 36n & 63n) * 60n + (bits >> 30n & 63n)) * 1_000_000n + (bits & (1n << 30n) - 1n) / 1000n;
    }
    case 'TIMESTAMP': return BigInt(proto.timestampValue.seconds ?? 0) * 1_000_000n + BigInt(Math.floor((proto.timestampValue.nanos ?? 0) / 1000));
    case 'NUMERIC': return fromLittleEndian(proto.numericValue);
    case 'BIGNUMERIC': return fromLittleEndian(proto.bignumericValue);
    case 'ARRAY': return (proto.arrayValue.element ?? []).map(item => fromProto(item, type.element));
    case 'STRUCT': return (proto.structValue.field ?? []).map((item, i) => fromProto(item, type.fields[i].type));
    default: throw new Unsupported(`a value of ${type.kind}`);
  }
}

/** A value as the REST API sends it. */
function toRest(value, type, format) {
  if (value === null) {
    return null;
  }

  switch (type.kind) {
    case 'INT64': return value.toString();
    case 'FLOAT64': return Number.isNaN(value) ? 'NaN' : Object.is(value, -0) ? '-0.0' : Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value).replace('e', 'E');
    case 'BOOL': return String(value);
    case 'STRING': case 'JSON': return value;
    case 'BYTES': return value.toString('base64');
    case 'DATE': return dateText(value);
    case 'DATETIME': return clockText(value);
    case 'TIME': return timeText(value);
    case 'TIMESTAMP': return format === 'INT64' ? value.toString() : format === 'ISO8601_STRING' ? `${clockText(value)}Z` : floatSeconds(value);
    case 'NUMERIC': case 'BIGNUMERIC': return scaledText(value, powers[type.kind]);
    case 'ARRAY': return value.map(item => ({ v: toRest(item, type.element, format) }));
    case 'STRUCT': return { f: value.map((item, i) => ({ v: toRest(item, type.fields[i].type, format) })) };
    default: throw new Unsupported(`a value of ${type.kind}`);
  }
}

// The default form loses digits at BigQuery, and does here: seconds as a double.
const floatSeconds = micros => (Number(micros) / 1e6).toExponential().replace(/e\+?/, 'E');

function scaledText(value, scale) {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const fraction = digits.slice(-scale).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction ? `.${fraction}` : ''}`;
}

// The least number of bytes in two's complement, as ZetaSQL serialises decimals.
function littleEndian(value) {
  const bytes = [];
  for (let rest = value; ; rest >>= 8n) {
    bytes.push(Number(BigInt.asUintN(8, rest)));
    const next = rest >> 8n;
    if ((next === 0n && bytes.at(-1) < 128) || (next === -1n && bytes.at(-1) >= 128)) {
      return Buffer.from(bytes);
    }
  }
}

function fromLittleEndian(bytes) {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    value = value << 8n | BigInt(bytes[i]);
  }

  return bytes.length ? BigInt.asIntN(bytes.length * 8, value) : 0n;
}

/** Logical bytes of a value, by BigQuery's rules of billing. */
function sizeOf(value, type) {
  if (value === null) {
    return 0;
  }

  switch (type.kind) {
    case 'BOOL': return 1;
    case 'STRING': case 'JSON': return 2 + Buffer.byteLength(value);
    case 'BYTES': return 2 + value.length;
    case 'NUMERIC': return 16;
    case 'BIGNUMERIC': return 32;
    case 'ARRAY': return value.reduce((sum, item) => sum + sizeOf(item, type.element), 0);
    case 'STRUCT': return value.reduce((sum, item, i) => sum + sizeOf(item, type.fields[i].type), 0);
    default: return 8;
  }
}

function fail(text) {
  throw new Error(`'${text}' is no value of its type.`);
}

export { parse, toProto, fromProto, toRest, sizeOf, powers };
