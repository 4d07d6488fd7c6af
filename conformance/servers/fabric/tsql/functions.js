// Functions and aggregates. What is not here is refused.
import { TsqlError, notHonoured, raised } from './errors.js';
import { bigint, collationName, common, convert, decimal, digits, display, equalityKey, float, hasNoOrder, int, isInteger, isText, noOrder, parseTypeNode } from './typing.js';
import { text, value } from './expressions.js';
import { cardinalities } from '../catalog.js';

const names = { count: 'COUNT', sum: 'SUM', avg: 'AVG', min: 'MIN', max: 'MAX' };

export const aggregates = {
  isAggregate: (kind, it) => kind in names || (kind === 'function' && it.name.toUpperCase() === 'COUNT_BIG'),

  call(kind, it, env) {
    if (!env.aggregates) {
      throw new TsqlError(147, 15, 'An aggregate may not appear here.');
    }

    if (it.filter || it.order_by?.length > 0 || it.limit || it.ignore_nulls) {
      throw notHonoured('clauses inside of an aggregate');
    }

    const name = kind === 'function' ? it.name.toUpperCase() : names[kind];
    const isCount = name === 'COUNT' || name === 'COUNT_BIG';
    const argument = kind === 'function' ? it.args[0] : it.this;
    const isStar = isCount && (it.star === true || (argument && 'star' in argument));
    const inner = isStar ? null : value(argument, { ...env, group: null, aggregates: false });
    return aggregates.of(name, inner, it.distinct === true);
  },

  /** The aggregate of a value; null for `*`. */
  of(name, inner, isDistinct) {
    if (name === 'COUNT' || name === 'COUNT_BIG') {
      const counted = inner === null ? '*' : isDistinct ? `DISTINCT ${equalityKey(inner)}` : inner.sql;
      return name === 'COUNT'
        ? { sql: `CAST(count(${counted}) AS INTEGER)`, type: int, nullable: false }
        : { sql: `count(${counted})`, type: bigint, nullable: false };
    }

    if (isDistinct) {
      throw notHonoured(`${name} of distinct values`);
    }

    const type = inner.type;
    switch (name) {
      case 'SUM':
        if (isInteger(type) && type.kind !== 'bit') {
          const result = type.kind === 'bigint' ? bigint : int;
          return { sql: `CAST(sum(${inner.sql}) AS ${result.kind === 'int' ? 'INTEGER' : 'BIGINT'})`, type: result, nullable: true };
        }

        if (type.kind === 'decimal') {
          const sum = `sum(CAST(${inner.sql} AS DECIMAL(38,${type.scale})))`;
          const greatest = `CAST('${type.scale === 0 ? '9'.repeat(38) : `${'9'.repeat(38 - type.scale) || '0'}.${'9'.repeat(type.scale)}`}' AS DECIMAL(38,${type.scale}))`;
          return { sql: `(CASE WHEN abs(${sum}) > ${greatest} THEN ${raised(8115, 'Arithmetic overflow error converting expression to data type numeric.')} ELSE ${sum} END)`, type: decimal(38, type.scale), nullable: true };
        }

        if (type.kind === 'float' || type.kind === 'real') {
          return { sql: `sum(CAST(${inner.sql} AS DOUBLE))`, type: float, nullable: true };
        }

        throw new TsqlError(8117, 16, `Operand data type ${type.kind} is invalid for sum operator.`);
      case 'AVG':
        if (isInteger(type) && type.kind !== 'bit') {
          return { sql: `CAST(sum(${inner.sql}) // count(${inner.sql}) AS ${type.kind === 'bigint' ? 'BIGINT' : 'INTEGER'})`, type: type.kind === 'bigint' ? bigint : int, nullable: true };
        }

        if (type.kind === 'float' || type.kind === 'real') {
          return { sql: `avg(CAST(${inner.sql} AS DOUBLE))`, type: float, nullable: true };
        }

        throw notHonoured(`AVG of ${display(type)}`);
      case 'MIN': case 'MAX':
        if (type.kind === 'bit') {
          throw new TsqlError(8117, 16, `Operand data type bit is invalid for ${name.toLowerCase()} operator.`);
        }

        if (type.kind === 'varbinary' || type.kind === 'uniqueidentifier') {
          throw notHonoured(`${name} of ${display(type)}`);
        }

        return { sql: isText(type) ? extremeText(name.toLowerCase(), inner) : `${name.toLowerCase()}(${inner.sql})`, type, nullable: true };
      default: throw notHonoured(`the aggregate ${name}`);
    }
  },
};

// Of texts that are all the same no order is asked; where it is, texts that it is not known for are refused.
const extremeText = (name, { sql, type }) => `CASE WHEN min(${sql}) IS NOT DISTINCT FROM max(${sql}) THEN max(${sql}) `
  + `WHEN bool_or(${hasNoOrder(sql)}) THEN ${raised(50000, noOrder)} ELSE arg_${name}(${sql}, ${equalityKey({ sql, type })}) END`;

const parts = { year: 'year', yy: 'year', yyyy: 'year', quarter: 'quarter', month: 'month', mm: 'month', m: 'month', day: 'day', dd: 'day', d: 'day', hour: 'hour', hh: 'hour', minute: 'minute', mi: 'minute', n: 'minute', second: 'second', ss: 'second', s: 'second' };

const partOf = (node) => {
  const name = node?.var?.this ?? node?.column?.name?.name;
  const part = parts[String(name).toLowerCase()];
  if (!part) {
    throw notHonoured(`the part ${name} of a time`);
  }

  return part;
};

export function callFunction(kind, it, env) {
  const of = (node) => value(node, env);
  const args = kind === 'function' ? it.args : undefined;
  const name = kind === 'function' ? it.name.toUpperCase() : kind.toUpperCase();
  if (kind === 'function' && (it.distinct || it.use_bracket_syntax)) {
    throw notHonoured(`this call of ${name}`);
  }

  const needText = (one, position) => {
    if (!isText(one.type)) {
      throw new TsqlError(8116, 16, `Argument data type ${one.type.kind} is invalid for argument ${position} of ${name.toLowerCase()} function.`);
    }

    return one;
  };
  switch (name) {
    case 'NULLIF': {
      const [left, right] = args.map(of);
      return { sql: `(CASE WHEN ${env.compare('=', left, right)} THEN NULL ELSE ${left.sql} END)`, type: left.type, nullable: true };
    }
    case 'ISNULL': {
      const [left, right] = args.map(of);
      return { sql: `coalesce(${left.sql}, ${convert(right, left.type).sql})`, type: left.type, nullable: right.nullable };
    }
    case 'CONCAT': return concat(args.map(of), env);
    case 'DATALENGTH': {
      const one = of(args[0]);
      const type = one.type.length === 'max' ? bigint : int;
      const bytes = one.type.kind === 'nvarchar' ? null : isText(one.type) ? `strlen(${one.sql})` : one.type.kind === 'varbinary' ? `octet_length(${one.sql})` : null;
      if (!bytes) {
        throw notHonoured(`DATALENGTH of ${display(one.type)}`);
      }

      return { sql: `CAST(${bytes} AS ${type.kind === 'int' ? 'INTEGER' : 'BIGINT'})`, type, nullable: one.nullable };
    }
    case 'LENGTH': {
      const one = needText(of(it.this), 1);
      return { sql: `CAST(length(rtrim(${one.sql}, ' ')) AS INTEGER)`, type: int, nullable: one.nullable };
    }
    case 'RTRIM': case 'LTRIM': {
      const one = needText(of(kind === 'function' ? args[0] : it.this), 1);
      return { ...one, sql: `${name.toLowerCase()}(${one.sql}, ' ')`, constant: undefined };
    }
    case 'TRANSLATE': {
      const [one, from, to] = args.map((arg, i) => needText(of(arg), i + 1));
      if (one.type.collation === 'CI' || from.constant === undefined || to.constant === undefined) {
        throw notHonoured('TRANSLATE other than by constants under the binary collation');
      }

      if ([...from.constant].length !== [...to.constant].length) {
        throw new TsqlError(9828, 16, "The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.");
      }

      return { sql: `translate(${one.sql}, ${from.sql}, ${to.sql})`, type: one.type, nullable: one.nullable };
    }
    case 'CHARINDEX': {
      if (args.length !== 2) {
        throw notHonoured('CHARINDEX with a start');
      }

      const [pattern, one] = args.map((arg, i) => needText(of(arg), i + 1));
      if (common(pattern.type, one.type).collation === 'CI') {
        throw notHonoured('CHARINDEX under a collation that ignores case');
      }

      const type = one.type.length === 'max' ? bigint : int;
      return {
        sql: `CAST(CASE WHEN strlen(${pattern.sql}) > 8000 THEN ${raised(8152, 'The pattern of CHARINDEX is longer than 8000 bytes.')} WHEN ${pattern.sql} = '' THEN CASE WHEN ${one.sql} IS NOT NULL THEN 0 END ELSE strpos(${one.sql}, ${pattern.sql}) END AS ${type.kind === 'int' ? 'INTEGER' : 'BIGINT'})`,
        type,
        nullable: pattern.nullable || one.nullable,
      };
    }
    case 'SUBSTRING': {
      const [one, start, length] = kind === 'function' ? args.map(of) : [of(it.this), of(it.start), of(it.length)];
      if (one.type.kind !== 'varbinary') {
        throw notHonoured('SUBSTRING of a text, whose unit is not settled');
      }

      // Counted from one; what lies before the first byte is empty.
      const [s, n] = [convert(start, bigint).sql, convert(length, bigint).sql];
      return {
        sql: `(CASE WHEN ${n} < 0 THEN ${raised(537, 'Invalid length parameter passed to the LEFT or SUBSTRING function.')} WHEN ${s} + ${n} <= 1 THEN unhex('') ELSE array_slice(${one.sql}, greatest(${s}, 1), ${s} + ${n} - 1) END)`,
        type: one.type,
        nullable: one.nullable || start.nullable || length.nullable,
      };
    }
    case 'DATE_PART': case 'DATEPART': {
      const one = of(args[1]);
      if (one.type.kind !== 'date' && one.type.kind !== 'datetime2') {
        throw notHonoured(`DATEPART of ${display(one.type)}`);
      }

      const part = partOf(args[0]);
      return { sql: `CAST(date_part('${part}', ${one.sql}) AS INTEGER)`, type: int, nullable: one.nullable };
    }
    case 'YEAR': case 'MONTH': case 'DAY': {
      const one = of(kind === 'function' ? args[0] : it.this);
      return { sql: `CAST(date_part('${name.toLowerCase()}', ${one.sql}) AS INTEGER)`, type: int, nullable: one.nullable };
    }
    case 'DATEDIFF': {
      const [from, to] = [of(args[1]), of(args[2])];
      if (partOf(args[0]) !== 'day') {
        throw notHonoured('DATEDIFF other than in days');
      }

      return { sql: `CAST(date_diff('day', CAST(${from.sql} AS DATE), CAST(${to.sql} AS DATE)) AS INTEGER)`, type: int, nullable: from.nullable || to.nullable };
    }
    case 'DATEADD': {
      const [count, one] = [convert(of(args[1]), int).sql, of(args[2])];
      const part = partOf(args[0]);
      if ((one.type.kind !== 'date' && one.type.kind !== 'datetime2') || (one.type.kind === 'date' && ['hour', 'minute', 'second'].includes(part))) {
        throw notHonoured(`DATEADD of ${part} to ${display(one.type)}`);
      }

      const sum = `(CAST(${one.sql} AS TIMESTAMP) + to_${part}s(${count}))`;
      return {
        sql: `(CASE WHEN ${sum} < TIMESTAMP '0001-01-01' OR ${sum} > TIMESTAMP '9999-12-31 23:59:59.999999' THEN ${raised(517, "Adding a value to a 'datetime2' column caused an overflow.")} ELSE CAST(${sum} AS ${one.type.kind === 'date' ? 'DATE' : 'TIMESTAMP'}) END)`,
        type: one.type,
        nullable: one.nullable,
      };
    }
    case 'ROUND': {
      const [one, scale, truncates] = args.map(of);
      if (one.type.kind !== 'decimal' || scale.number !== 0 || truncates?.number !== 1) {
        throw notHonoured('ROUND other than ROUND(decimal, 0, 1)');
      }

      return { sql: `CAST(trunc(${one.sql}) AS DECIMAL(${one.type.precision},${one.type.scale}))`, type: one.type, nullable: one.nullable };
    }
    case 'CONVERT': {
      // Style 2: bytes as hexadecimal digits, and back.
      const to = parseTypeNode(args[0].data_type, env.database.collation);
      const one = of(args[1]);
      const isHex = args.length === 3 && of(args[2]).number === 2 && to.length === 'max';
      if (isHex && to.kind === 'varchar' && one.type.kind === 'varbinary') {
        return { sql: `hex(${one.sql})`, type: to, nullable: one.nullable };
      }

      if (isHex && to.kind === 'varbinary' && isText(one.type)) {
        return { sql: `unhex(${one.sql})`, type: to, nullable: one.nullable };
      }

      throw notHonoured('CONVERT other than between varbinary(max) and varchar(max) in style 2');
    }
    case 'ABS': {
      const one = of(kind === 'function' ? args[0] : it.this);
      if (!digits(one.type) && one.type.kind !== 'float' && one.type.kind !== 'real') {
        throw new TsqlError(8117, 16, `Operand data type ${one.type.kind} is invalid for abs operator.`);
      }

      return { sql: `abs(${one.sql})`, type: one.type, nullable: one.nullable };
    }
    case 'POWER': {
      const [base, exponent] = (args ?? [it.this, it.expression]).map(of);
      if (base.type.kind !== 'float' || !isInteger(exponent.type)) {
        throw notHonoured('POWER other than of a float by a whole number');
      }

      return { sql: `pow(${base.sql}, CAST(${exponent.sql} AS DOUBLE))`, type: float, nullable: base.nullable || exponent.nullable };
    }
    case 'DB_NAME':
      if (args.length > 0) {
        throw notHonoured('DB_NAME of another database');
      }

      return asName(env.database.name, env);
    case 'SUSER_SNAME': case 'ORIGINAL_LOGIN': case 'USER_NAME': case 'SUSER_NAME': return asName(env.session.login, env);
    case 'SERVERPROPERTY': {
      const property = of(args[0]).constant;
      const known = { EngineEdition: '11', ProductVersion: '12.0.2000.8', Edition: 'SQL Azure' };
      if (!(property in known)) {
        throw notHonoured(`SERVERPROPERTY('${property}')`);
      }

      return asName(known[property], env);
    }
    case 'DATABASEPROPERTYEX':
      if (of(args[1]).constant !== 'Collation') {
        throw notHonoured('this DATABASEPROPERTYEX');
      }

      return asName(collationName(env.database.collation), env);
    case 'OBJECTPROPERTYEX': {
      if (of(args[1]).constant !== 'Cardinality' || it.castTo?.kind !== 'bigint') {
        throw notHonoured("OBJECTPROPERTYEX other than CAST(OBJECTPROPERTYEX(…, 'Cardinality') AS bigint)");
      }

      const id = of(args[0]);
      const whens = cardinalities(env.database).map(([object, rows]) => `WHEN ${object} THEN ${rows}`);
      return { sql: whens.length === 0 ? 'CAST(NULL AS BIGINT)' : `CAST(CASE ${id.sql} ${whens.join(' ')} END AS BIGINT)`, type: bigint, nullable: true };
    }
    default:
      throw kind === 'function' ? new TsqlError(195, 15, `'${it.name}' is not a recognized built-in function name of this local server.`) : notHonoured(`the expression ${kind}`);
  }
}

function asName(constant, env) {
  return { ...text(constant, env), type: { kind: 'nvarchar', length: 128, collation: env.database.collation }, constant: undefined };
}

function concat(values, env) {
  const texts = values.map((one) => (isText(one.type) ? one : convert(one, { kind: 'varchar', length: 'max', collation: env.database.collation })));
  const length = texts.some((one) => one.type.length === 'max') ? 'max' : Math.min(8000, texts.reduce((sum, one) => sum + one.type.length, 0));
  return { sql: `concat(${texts.map((one) => one.sql).join(', ')})`, type: { kind: 'varchar', length, collation: env.database.collation }, nullable: false };
}


