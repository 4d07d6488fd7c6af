// Types of expressions, and conversions between them as T-SQL makes them, written as SQL of the engine (DuckDB).
import { TsqlError, notHonoured, raised } from './errors.js';

// Lowest to highest: the lower one is converted.
const precedence = ['varbinary', 'char', 'varchar', 'nvarchar', 'uniqueidentifier', 'bit', 'tinyint', 'smallint', 'int', 'bigint', 'decimal', 'real', 'float', 'time', 'date', 'datetime2'];
const integers = { bit: 1, tinyint: 3, smallint: 5, int: 10, bigint: 19 };
const engineIntegers = { tinyint: 'UTINYINT', smallint: 'SMALLINT', int: 'INTEGER', bigint: 'BIGINT' };
const ranges = { tinyint: [0n, 255n], smallint: [-32768n, 32767n], int: [-(2n ** 31n), 2n ** 31n - 1n], bigint: [-(2n ** 63n), 2n ** 63n - 1n] };

export const isText = (type) => type.kind === 'varchar' || type.kind === 'char' || type.kind === 'nvarchar';
export const isInteger = (type) => type.kind in integers;
export const int = { kind: 'int' };
export const bigint = { kind: 'bigint' };
export const float = { kind: 'float' };
export const decimal = (precision, scale) => ({ kind: 'decimal', precision, scale });

export function display(type) {
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.length !== undefined ? `${type.kind}(${type.length})` : type.kind;
}

/** The engine's type that holds values of a type. */
export function engineType(type) {
  switch (type.kind) {
    case 'bit': return 'BOOLEAN';
    case 'tinyint': case 'smallint': case 'int': case 'bigint': return engineIntegers[type.kind];
    case 'decimal': return `DECIMAL(${type.precision},${type.scale})`;
    case 'real': return 'FLOAT';
    case 'float': return 'DOUBLE';
    case 'date': return 'DATE';
    case 'time': return 'TIME';
    case 'datetime2': return 'TIMESTAMP';
    case 'varbinary': return 'BLOB';
    default: return 'VARCHAR';
  }
}

/** A type in the spelling of a table: `varchar(20)`. Types that the vendor's tables cannot have are refused. */
export function parseTypeName(text, { inTable = false, collation = 'BIN2' } = {}) {
  const match = /^\s*([a-z]\w*)\s*(?:\(\s*(\w+)\s*(?:,\s*(\d+)\s*)?\))?\s*(?:collate\s+(\w+)\s*)?$/i.exec(text);
  if (!match) {
    throw new TsqlError(243, 16, `Type ${text} is not a defined system type.`);
  }

  const name = match[1].toLowerCase();
  const first = match[2] === undefined ? undefined : match[2].toLowerCase() === 'max' ? 'max' : Number(match[2]);
  const named = match[4] === undefined ? collation : /_CI_/i.test(match[4]) ? 'CI' : 'BIN2';
  switch (name) {
    case 'bit': case 'smallint': case 'int': case 'bigint': case 'date': case 'real': case 'uniqueidentifier': return { kind: name };
    case 'integer': return int;
    case 'float': return first !== undefined && first <= 24 ? { kind: 'real' } : float;
    case 'decimal': case 'numeric': {
      const [precision, scale] = [first ?? 18, Number(match[3] ?? 0)];
      if (!(precision >= 1 && precision <= 38 && scale <= precision)) {
        throw new TsqlError(2750, 16, `Column or parameter: Specified column precision ${precision} is greater than the maximum precision of 38.`);
      }

      return decimal(precision, scale);
    }
    case 'time': case 'datetime2': {
      const scale = first ?? 7;
      if (scale > 6) {
        throw inTable ? new TsqlError(24592, 16, `The data type ${name}(${scale}) is not supported in a table.`) : notHonoured(`${name} of more than six digits`);
      }

      return { kind: name, scale };
    }
    case 'varchar': return { kind: 'varchar', length: first ?? (inTable ? 1 : 30), collation: named };
    case 'char': return { kind: 'char', length: first ?? (inTable ? 1 : 30), collation: named };
    case 'varbinary': return { kind: 'varbinary', length: first ?? (inTable ? 1 : 30) };
    case 'tinyint': case 'nvarchar': case 'sysname':
      if (inTable) {
        throw new TsqlError(24592, 16, `The data type ${name} is not supported in a table.`);
      }

      return name === 'tinyint' ? { kind: 'tinyint' } : { kind: 'nvarchar', length: name === 'sysname' ? 128 : first ?? 30, collation: 'BIN2' };
    default:
      throw inTable ? new TsqlError(24592, 16, `The data type ${name} is not supported in a table.`) : notHonoured(`the type ${name}`);
  }
}

/** A type in a cast, as the parser gives it. */
export function parseTypeNode(node, collation) {
  const names = { var_char: 'varchar', big_int: 'bigint', small_int: 'smallint', tiny_int: 'tinyint', var_binary: 'varbinary', boolean: 'bit', n_var_char: 'nvarchar' };
  const kind = node.data_type;
  const text = kind === 'custom' ? node.name
    : kind === 'float' && node.real_spelling ? 'real'
    : kind === 'decimal' && node.precision !== null && node.precision !== undefined ? `decimal(${node.precision},${node.scale ?? 0})`
    : kind === 'time' && node.precision !== null && node.precision !== undefined ? `time(${node.precision})`
    : node.length !== null && node.length !== undefined ? `${names[kind] ?? kind}(${node.length})`
    : names[kind] ?? kind;
  return parseTypeName(text, { collation });
}

/** The type to which two are converted to meet. */
export function common(left, right) {
  if (left.isNull) {
    return right;
  }

  if (right.isNull) {
    return left;
  }

  const [low, high] = precedence.indexOf(left.kind) <= precedence.indexOf(right.kind) ? [left, right] : [right, left];
  if (isText(high) && isText(low)) {
    const length = low.length === 'max' || high.length === 'max' ? 'max' : Math.max(low.length, high.length);
    return { kind: high.kind === 'char' ? 'char' : high.kind, length, ...meetCollations(left, right) };
  }

  if (low.kind === 'varbinary' && high.kind === 'varbinary') {
    return { kind: 'varbinary', length: low.length === 'max' || high.length === 'max' ? 'max' : Math.max(low.length, high.length) };
  }

  if (high.kind === 'decimal') {
    const [a, b] = [digits(low), digits(high)];
    if (!a || !b) {
      throw notHonoured(`an implicit conversion between ${display(left)} and ${display(right)}`);
    }

    const scale = Math.max(a.scale, b.scale);
    const precision = Math.max(a.precision - a.scale, b.precision - b.scale) + scale;
    if (precision > 38) {
      throw notHonoured(`${display(left)} beside ${display(right)}, which would round`);
    }

    return decimal(precision, scale);
  }

  if (high.kind === 'datetime2' && low.kind === 'datetime2') {
    return { kind: 'datetime2', scale: Math.max(low.scale, high.scale) };
  }

  if (low.kind === high.kind || (isInteger(low) && isInteger(high)) || (['real', 'float'].includes(high.kind) && (isInteger(low) || low.kind === 'decimal' || low.kind === 'real')) || (high.kind === 'datetime2' && low.kind === 'date')) {
    return high;
  }

  throw notHonoured(`an implicit conversion between ${display(left)} and ${display(right)}`);
}

// Explicit collations win over those of columns, these over constants; two different ones of the same rank do not meet.
function meetCollations(left, right) {
  const rank = (type) => ({ explicit: 2, implicit: 1 })[type.label] ?? 0;
  if (rank(left) !== rank(right)) {
    const winner = rank(left) > rank(right) ? left : right;
    return { collation: winner.collation, label: winner.label };
  }

  if (left.collation !== right.collation) {
    throw new TsqlError(468, 16, `Cannot resolve the collation conflict between "${collationName(right.collation)}" and "${collationName(left.collation)}" in the equal to operation.`);
  }

  return { collation: left.collation, label: left.label };
}

export const collationName = (collation) => (collation === 'CI' ? 'Latin1_General_100_CI_AS_KS_WS_SC_UTF8' : 'Latin1_General_100_BIN2_UTF8');

/** Digits of an exact number; null for another type. */
export function digits(type) {
  return type.kind === 'decimal' ? type : isInteger(type) ? { precision: integers[type.kind], scale: 0 } : null;
}

/** An expression converted. `isImplicit` forbids what T-SQL would do by guessing a text's meaning. */
export function convert(value, to, { isImplicit = false, orNull = false } = {}) {
  const from = value.type;
  const cast = (sql = value.sql) => `${orNull ? 'TRY_CAST' : 'CAST'}(${sql} AS ${engineType(to)})`;
  if (from.isNull) {
    return { sql: `CAST(NULL AS ${engineType(to)})`, type: { ...to, label: undefined }, nullable: true };
  }

  const give = (sql) => ({ sql, type: to, nullable: value.nullable || orNull });
  const refuse = () => notHonoured(`a conversion from ${display(from)} to ${display(to)}`);
  if (isText(from) && !isText(to)) {
    if (isImplicit || value.constant === undefined) {
      if (to.kind === 'varbinary' && !isImplicit && from.kind !== 'nvarchar') {
        return give(clipped(`encode(${value.sql})`, from, to));
      }

      throw refuse();
    }

    return give(constant(value.constant, to, orNull));
  }

  if (isText(to)) {
    return give(toText(value, to));
  }

  if (to.kind === 'varbinary') {
    if (from.kind !== 'varbinary') {
      throw refuse();
    }

    return give(clipped(value.sql, from, to));
  }

  if (to.kind === 'bit') {
    if (from.kind === 'bit') {
      return value;
    }

    if (!digits(from)) {
      throw refuse();
    }

    return give(`(${value.sql} <> 0)`);
  }

  if (isInteger(to)) {
    if (from.kind === to.kind) {
      return value;
    }

    if (isInteger(from)) {
      return give(cast());
    }

    if (from.kind === 'decimal' || from.kind === 'float' || from.kind === 'real') {
      return give(cast(`trunc(${value.sql})`));
    }

    throw refuse();
  }

  if (to.kind === 'decimal') {
    if (!digits(from)) {
      throw refuse();
    }

    return from.kind === 'decimal' && from.precision === to.precision && from.scale === to.scale ? give(value.sql) : give(cast(from.kind === 'bit' ? `CAST(${value.sql} AS INTEGER)` : value.sql));
  }

  if (to.kind === 'float' || to.kind === 'real') {
    if (digits(from) || from.kind === 'float' || from.kind === 'real') {
      return from.kind === to.kind ? value : give(cast());
    }

    throw refuse();
  }

  if (to.kind === 'date' && (from.kind === 'date' || from.kind === 'datetime2')) {
    return give(cast());
  }

  if (to.kind === 'datetime2' && from.kind === 'date') {
    return give(cast());
  }

  if ((to.kind === 'datetime2' || to.kind === 'time') && from.kind === to.kind && from.scale <= to.scale) {
    return give(value.sql);
  }

  if (to.kind === from.kind) {
    if (to.kind === 'datetime2' || to.kind === 'time') {
      throw notHonoured('times that lose digits, which would round');
    }

    return give(value.sql);
  }

  throw refuse();
}

function clipped(sql, from, to) {
  if (to.length === 'max' || (from.length !== 'max' && from.length <= to.length)) {
    return sql;
  }

  return `CASE WHEN octet_length(${sql}) > ${to.length} THEN ${raised(50000, 'This local server does not honour a cast that cuts bytes off.')} ELSE ${sql} END`;
}

function toText(value, to) {
  const from = value.type;
  const sql = value.sql;
  const room = to.length === 'max' ? Infinity : to.length;
  const need = (bytes) => {
    if (bytes > room) {
      throw notHonoured(`a cast of ${display(from)} to ${display(to)}, which is too short for it`);
    }
  };
  if (to.kind === 'char') {
    throw notHonoured('a cast to char(n)');
  }

  if (isText(from)) {
    if (to.length === 'max' || (from.length !== 'max' && from.length <= to.length)) {
      return sql;
    }

    return `CASE WHEN strlen(${sql}) > ${to.length} THEN ${raised(50000, 'This local server does not honour a cast that cuts text off.')} ELSE ${sql} END`;
  }

  switch (from.kind) {
    case 'bit': need(1); return `CASE ${sql} WHEN true THEN '1' WHEN false THEN '0' END`;
    case 'tinyint': case 'smallint': case 'int': case 'bigint': need(20); return `CAST(${sql} AS VARCHAR)`;
    case 'decimal': need(41); return `CAST(${sql} AS VARCHAR)`;
    case 'date': need(10); return `strftime(${sql}, '%Y-%m-%d')`;
    case 'datetime2': need(27); return `(strftime(${sql}, '%Y-%m-%d %H:%M:%S')${fraction(sql, from.scale)})`;
    case 'time': need(16); return `(strftime(TIMESTAMP '2000-01-01' + ${sql}, '%H:%M:%S')${fraction(`(TIMESTAMP '2000-01-01' + ${sql})`, from.scale)})`;
    case 'uniqueidentifier': need(36); return `upper(CAST(${sql} AS VARCHAR))`;
    default: throw notHonoured(`a cast of ${display(from)} to text`);
  }
}

const fraction = (sql, scale) => (scale === 0 ? '' : ` || '.' || substring(strftime(${sql}, '%f'), 1, ${scale})`);

/** A constant text as a value of another type. */
function constant(text, to, orNull) {
  const bad = (number, message) => {
    if (orNull) {
      return `CAST(NULL AS ${engineType(to)})`;
    }

    throw new TsqlError(number, 16, message);
  };
  switch (to.kind) {
    case 'bit':
      return /^(1|true)$/i.test(text.trim()) ? 'true' : /^(0|false)$/i.test(text.trim()) ? 'false' : bad(245, `Conversion failed when converting the varchar value '${text}' to data type bit.`);
    case 'tinyint': case 'smallint': case 'int': case 'bigint': {
      if (!/^\s*[+-]?\d+\s*$/.test(text)) {
        return bad(245, `Conversion failed when converting the varchar value '${text}' to data type ${to.kind}.`);
      }

      const number = BigInt(text.trim().replace(/^\+/, ''));
      return number < ranges[to.kind][0] || number > ranges[to.kind][1] ? bad(248, `The conversion of the varchar value '${text}' overflowed an ${to.kind} column.`) : `CAST('${number}' AS ${engineType(to)})`;
    }
    case 'decimal': {
      const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
      if (!match || (match[2] === '' && !match[3])) {
        return bad(8114, 'Error converting data type varchar to numeric.');
      }

      const [whole, part] = [match[2].replace(/^0+/, ''), (match[3] ?? '').replace(/0+$/, '')];
      if (part.length > to.scale) {
        throw notHonoured('a constant that has more digits than its decimal, which would round');
      }

      return whole.length > to.precision - to.scale ? bad(8115, 'Arithmetic overflow error converting varchar to data type numeric.') : `CAST('${match[1] === '-' ? '-' : ''}${whole || '0'}.${part || '0'}' AS ${engineType(to)})`;
    }
    case 'float': case 'real':
      return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) && Number.isFinite(Number(text)) ? `CAST('${text.trim()}' AS ${engineType(to)})` : bad(8114, `Error converting data type varchar to ${to.kind}.`);
    case 'date':
      return isDay(text) ? `CAST('${text}' AS DATE)` : bad(241, 'Conversion failed when converting date and/or time from character string.');
    case 'datetime2': {
      const match = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?)?$/.exec(text);
      if (!match || !isDay(match[1]) || Number(match[2] ?? 0) > 23 || Number(match[3] ?? 0) > 59 || Number(match[4] ?? 0) > 59) {
        return bad(241, 'Conversion failed when converting date and/or time from character string.');
      }

      if ((match[5] ?? '').replace(/0+$/, '').length > to.scale) {
        throw notHonoured('a constant that has more digits than its datetime2, which would round');
      }

      return `CAST('${text}' AS TIMESTAMP)`;
    }
    case 'varbinary': {
      const bytes = Buffer.from(text, 'utf8');
      if (to.length !== 'max' && bytes.length > to.length) {
        throw notHonoured('a cast that cuts bytes off');
      }

      return `unhex('${bytes.toString('hex')}')`;
    }
    default: throw notHonoured(`a cast of a constant to ${display(to)}`);
  }
}

function isDay(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match || match[1] === '0000') {
    return false;
  }

  const [year, month, day] = match.slice(1).map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month >= 1 && month <= 12 && day >= 1 && day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}

/** A text as it is compared for equality: padding is no part of it, nor is letter case under the other collation, for which only ASCII is honoured. */
export function equalityKey(value) {
  if (!isText(value.type)) {
    return value.sql;
  }

  const trimmed = `rtrim(${value.sql}, ' ')`;
  return value.type.collation === 'CI'
    ? `CASE WHEN strlen(${value.sql}) <> length(${value.sql}) THEN ${raised(50000, 'This local server does not honour other letters than ASCII under a collation that ignores case.')} ELSE lower(${trimmed}) END`
    : trimmed;
}

/** Padded with spaces, a character below the space sorts before the end of a text; whether a text has one. */
export const hasNoOrder = (sql) => `regexp_matches(${sql}, '[\\x00-\\x1f]')`;
export const noOrder = 'This local server does not honour the order of texts with control characters.';

/** A text as it is ordered; texts that the order is not known for are refused. */
export function orderKey(value) {
  return isText(value.type) ? `CASE WHEN ${hasNoOrder(value.sql)} THEN ${raised(50000, noOrder)} ELSE ${equalityKey(value)} END` : value.sql;
}
