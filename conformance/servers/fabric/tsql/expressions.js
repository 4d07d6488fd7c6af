// Values and predicates of T-SQL as SQL of the engine. There are no boolean values: a predicate stands only where a condition is expected, a value only where one is.
import { TsqlError, notHonoured, raised, syntax } from './errors.js';
import { kindOf } from './parse.js';
import { bigint, common, convert, decimal, digits, display, engineType, equalityKey, float, int, isInteger, isText, orderKey, parseTypeNode } from './typing.js';
import { aggregates, callFunction } from './functions.js';

const comparisons = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };
const predicates = new Set([...Object.keys(comparisons), 'and', 'or', 'not', 'in', 'between', 'is_null', 'like', 'exists', 'is_distinct_from', 'null_safe_eq', 'null_safe_neq', 'boolean', 'all', 'any', 'is_true', 'is_false']);

export const unwrap = (node) => ('paren' in node ? unwrap(node.paren.this) : node);
const isPredicate = (node) => predicates.has(kindOf(unwrap(node))[0]);

/** A predicate as the engine's condition. */
export function condition(node, env) {
  const [kind, it] = kindOf(node);
  switch (kind) {
    case 'paren': return `(${condition(it.this, env)})`;
    case 'and': case 'or': return `(${condition(it.left, env)} ${kind.toUpperCase()} ${condition(it.right, env)})`;
    case 'not': return `(NOT ${condition(it.this, env)})`;
    case 'eq': case 'neq': case 'lt': case 'lte': case 'gt': case 'gte':
      return compare(comparisons[kind], value(it.left, env), value(it.right, env));
    case 'is_null': {
      const tested = value(it.this, env);
      return `(${tested.sql} IS ${it.not ? 'NOT ' : ''}NULL)`;
    }
    case 'between': {
      const [tested, low, high] = [value(it.this, env), value(it.low, env), value(it.high, env)];
      return `(${it.not ? 'NOT ' : ''}(${compare('>=', tested, low)} AND ${compare('<=', tested, high)}))`;
    }
    case 'in': return among(it, env);
    case 'like': return like(it, env);
    case 'exists': return `${it.not ? 'NOT ' : ''}EXISTS (${env.query(it.this, env).sql})`;
    case 'column': case 'literal': case 'case': case 'cast': case 'function': case 'null': case 'coalesce': case 'neg': case 'add': case 'if_func':
      throw new TsqlError(4145, 15, `An expression of non-boolean type specified in a context where a condition is expected, near '${nameNear(it)}'.`);
    case 'boolean': throw new TsqlError(207, 16, `Invalid column name '${it.value ? 'TRUE' : 'FALSE'}'.`);
    default: throw notHonoured(`the predicate ${kind}`);
  }
}

const nameNear = (it) => it?.name?.name ?? it?.value ?? ')';

export function compare(sign, left, right) {
  const type = common(left.type, right.type);
  if (isText(type)) {
    if (sign !== '=' && sign !== '<>') {
      throw notHonoured('the order of texts in a comparison, which depends on padding');
    }

    return `(${equalityKey({ ...left, type: { ...left.type, collation: type.collation } })} ${sign} ${equalityKey({ ...right, type: { ...right.type, collation: type.collation } })})`;
  }

  const [a, b] = [convert(left, type, { isImplicit: true }).sql, convert(right, type, { isImplicit: true }).sql];
  if (type.kind === 'varbinary') {
    if (sign !== '=' && sign !== '<>') {
      throw notHonoured('the order of binary values');
    }

    // Whether trailing zero bytes count is not settled.
    const significant = (sql) => `regexp_replace(hex(${sql}), '(00)+$', '')`;
    return `(CASE WHEN octet_length(${a}) = octet_length(${b}) THEN ${a} ${sign} ${b} WHEN ${significant(a)} = ${significant(b)} THEN ${raised(50000, 'This local server does not honour a comparison of binary values that differ in trailing zero bytes only.')} WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${sign === '<>'} END)`;
  }

  return `(${a} ${sign} ${b})`;
}

function among(it, env) {
  if (it.unnest || it.global) {
    throw syntax('UNNEST');
  }

  const tested = value(it.this, env);
  if (it.query) {
    const query = env.query(it.query, env);
    if (query.columns.length !== 1) {
      throw new TsqlError(116, 16, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.');
    }

    const type = common(tested.type, query.columns[0].type);
    const key = (one) => (isText(type) ? equalityKey({ ...one, type: { ...one.type, collation: type.collation } }) : convert(one, type, { isImplicit: true }).sql);
    if (type.kind === 'varbinary') {
      throw notHonoured('IN over binary values');
    }

    return `(${key(tested)} ${it.not ? 'NOT ' : ''}IN (SELECT ${key({ sql: 'q.o0', type: query.columns[0].type })} FROM (${query.sql}) AS q))`;
  }

  const parts = it.expressions.map((item) => compare('=', tested, value(item, env)));
  return `(${it.not ? 'NOT ' : ''}(${parts.join(' OR ')}))`;
}

// %, _ and [classes]; a pattern's blanks count, a value's trailing ones do not.
function like(it, env) {
  const [tested, pattern] = [value(it.left, env), value(it.right, env)];
  if (!isText(tested.type) || pattern.constant === undefined || tested.type.collation === 'CI') {
    throw notHonoured('LIKE other than of a text and a constant under the binary collation');
  }

  const escape = it.escape ? value(it.escape, env).constant : undefined;
  let regex = '';
  const text = [...pattern.constant];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === escape && i + 1 < text.length) {
      regex += quoteRegex(text[++i]);
    } else if (text[i] === '%') {
      regex += '.*';
    } else if (text[i] === '_') {
      regex += '.';
    } else if (text[i] === '[') {
      const end = text.indexOf(']', i + 1);
      if (end < 0) {
        return '(1 = 0)';
      }

      const members = text.slice(i + 1, end).join('');
      if (!/^\^?[\w -]+$/.test(members)) {
        throw notHonoured('this class of characters in LIKE');
      }

      regex += `[${members}]`;
      i = end;
    } else {
      regex += quoteRegex(text[i]);
    }
  }

  return `(${it.not ? 'NOT ' : ''}regexp_full_match(${tested.sql}, '${`(?s)(?:${regex}) *`.replaceAll("'", "''")}'))`;
}

const quoteRegex = (character) => (/[\w ]/.test(character) || character.codePointAt(0) > 127 ? character : character === '\0' ? '\\x00' : `\\${character}`);

/** An expression as a value: { sql, type, nullable, constant? }. */
export function value(node, env) {
  const plain = ungrouped(node, env.group ? { ...env, group: null, aggregates: env.aggregates } : env);
  if (!env.group) {
    return plain;
  }

  const grouped = env.group.get(plain.sql);
  if (grouped) {
    return { ...plain, sql: grouped, constant: undefined };
  }

  return ungrouped(node, env);
}

function ungrouped(node, env) {
  const [kind, it] = kindOf(node);
  if (predicates.has(kind)) {
    if (kind === 'boolean') {
      throw new TsqlError(207, 16, `Invalid column name '${it.value ? 'TRUE' : 'FALSE'}'.`);
    }

    throw syntax(comparisons[kind] ?? kind.toUpperCase());
  }

  switch (kind) {
    case 'paren': return value(it.this, env);
    case 'column': return env.column(it, env);
    case 'literal': return literal(it, env);
    case 'null': return { sql: 'NULL', type: { ...int, isNull: true }, nullable: true };
    case 'neg': return negative(it, env);
    case 'cast': case 'try_cast': return cast(it, env, kind === 'try_cast');
    case 'collation': {
      const inner = value(it.this, env);
      if (!isText(inner.type)) {
        throw new TsqlError(447, 16, 'Expression type is invalid for COLLATE clause.');
      }

      if (!/^Latin1_General_100_(BIN2|CI_AS_KS_WS_SC)_UTF8$/.test(it.collation)) {
        throw new TsqlError(448, 16, `Invalid collation '${it.collation}'.`);
      }

      return { ...inner, type: { ...inner.type, collation: it.collation.includes('_CI_') ? 'CI' : 'BIN2', label: 'explicit' } };
    }
    case 'case': return decide(it, env);
    case 'if_func':
      return merge([[condition(it.condition, env), value(it.true_value, env)]], it.false_value ? value(it.false_value, env) : null);
    case 'coalesce': return first(it.expressions.map((part) => value(part, env)));
    case 'add': case 'sub': case 'mul': case 'div': case 'mod': return arithmetic(kind, value(it.left, env), value(it.right, env));
    case 'window_function': return env.window(it, env);
    case 'subquery': {
      const query = env.query(it.this, env);
      if (query.columns.length !== 1) {
        throw new TsqlError(116, 16, 'Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.');
      }

      return { sql: `(${query.sql})`, type: query.columns[0].type, nullable: true };
    }
    case 'parameter': {
      const name = `@@${it.name}`.toUpperCase();
      if (it.style !== 'DoubleAt' || name !== '@@VERSION') {
        throw new TsqlError(137, 15, `Must declare the scalar variable "@${it.name}".`);
      }

      return text('Microsoft Azure SQL Data Warehouse - local server', env);
    }
    default:
      if (aggregates.isAggregate(kind, it)) {
        return aggregates.call(kind, it, env);
      }

      return callFunction(kind, it, env);
  }
}

export function text(constant, env) {
  const bytes = Buffer.byteLength(constant);
  return { sql: `'${constant.replaceAll("'", "''")}'`, type: { kind: 'varchar', length: bytes > 8000 ? 'max' : Math.max(1, bytes), collation: env.database.collation }, nullable: false, constant };
}

function literal(it, env) {
  switch (it.literal_type) {
    case 'string': return text(it.value, env);
    case 'national_string': {
      const characters = it.value.length;
      return { ...text(it.value, env), type: { kind: 'nvarchar', length: characters > 4000 ? 'max' : Math.max(1, characters), collation: env.database.collation } };
    }
    case 'hex_string':
      return { sql: `unhex('${it.value.length % 2 ? '0' : ''}${it.value}')`, type: { kind: 'varbinary', length: Math.ceil(it.value.length / 2) > 8000 ? 'max' : Math.max(1, Math.ceil(it.value.length / 2)) }, nullable: false };
    case 'number': {
      if (/e/i.test(it.value)) {
        return { sql: `CAST('${it.value}' AS DOUBLE)`, type: float, nullable: false };
      }

      if (/^\d+$/.test(it.value) && BigInt(it.value) <= 2147483647n) {
        return { sql: `CAST('${it.value}' AS INTEGER)`, type: int, nullable: false, number: Number(it.value) };
      }

      // A whole number beyond int is numeric, not bigint.
      const [whole, part = ''] = it.value.split('.');
      const precision = Math.max(1, whole.replace(/^0+/, '').length + part.length);
      if (precision > 38) {
        throw new TsqlError(1007, 15, `The number '${it.value}' is out of the range for numeric representation (maximum precision 38).`);
      }

      return { sql: `CAST('${it.value}' AS DECIMAL(${precision},${part.length}))`, type: decimal(precision, part.length), nullable: false };
    }
    default: throw notHonoured(`literals of the kind ${it.literal_type}`);
  }
}

function negative(it, env) {
  const inner = value(it.this, env);
  if (!digits(inner.type) && inner.type.kind !== 'float' && inner.type.kind !== 'real') {
    throw new TsqlError(8117, 16, `Operand data type ${inner.type.kind} is invalid for minus operator.`);
  }

  return { sql: `(- ${inner.sql})`, type: inner.type, nullable: inner.nullable, number: inner.number === undefined ? undefined : -inner.number };
}

function cast(it, env, orNull) {
  if (it.format || it.default) {
    throw syntax('FORMAT');
  }

  const to = parseTypeNode(it.to, env.database.collation);
  const [kind, inner] = kindOf(unwrap(it.this));
  if (kind === 'function' && inner.name.toUpperCase() === 'OBJECTPROPERTYEX') {
    return callFunction(kind, { ...inner, castTo: to }, env);
  }

  const from = value(it.this, env);
  return { ...convert(from, to, { orNull }), constant: undefined };
}

function decide(it, env) {
  const operand = it.operand ? value(it.operand, env) : null;
  const branches = it.whens.map(([when, then]) => [operand ? compare('=', operand, value(when, env)) : condition(when, env), value(then, env)]);
  return merge(branches, it.else_ ? value(it.else_, env) : null);
}

function merge(branches, otherwise) {
  const results = [...branches.map(([, then]) => then), ...(otherwise ? [otherwise] : [])];
  const type = results.map((one) => one.type).reduce(common);
  if (type.isNull) {
    throw new TsqlError(8133, 16, 'At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.');
  }

  const whens = branches.map(([when, then]) => `WHEN ${when} THEN ${convert(then, type, { isImplicit: true }).sql}`);
  return { sql: `(CASE ${whens.join(' ')} ELSE ${otherwise ? convert(otherwise, type, { isImplicit: true }).sql : `CAST(NULL AS ${engineType(type)})`} END)`, type, nullable: !otherwise || results.some((one) => one.nullable) };
}

export function first(parts) {
  const type = parts.map((part) => part.type).reduce(common);
  return { sql: `coalesce(${parts.map((part) => convert(part, type, { isImplicit: true }).sql).join(', ')})`, type, nullable: parts.every((part) => part.nullable) };
}

// What is behind the point of a decimal.
function remainder(left, right, nullable) {
  if (right.number !== 1) {
    throw notHonoured('a remainder of a decimal by another number than 1');
  }

  const wide = (sql) => `CAST(${sql} AS DECIMAL(38,${left.type.scale}))`;
  return { sql: wide(`${wide(left.sql)} - ${wide(`trunc(${left.sql})`)}`), type: decimal(38, left.type.scale), nullable };
}

function arithmetic(kind, left, right) {
  const sign = { add: '+', sub: '-', mul: '*', div: '/', mod: '%' }[kind];
  const nullable = left.nullable || right.nullable;
  if (kind === 'add' && isText(left.type) && isText(right.type)) {
    const type = common(left.type, right.type);
    const length = left.type.length === 'max' || right.type.length === 'max' ? 'max' : Math.min(8000, left.type.length + right.type.length);
    const joined = `(${left.sql} || ${right.sql})`;
    const couldOverflow = length !== 'max' && left.type.length + right.type.length > 8000;
    const sql = couldOverflow ? `CASE WHEN strlen(${joined}) > 8000 THEN ${raised(50000, 'This local server does not honour a concatenation that is cut off at 8000 bytes.')} ELSE ${joined} END` : joined;
    return { sql, type: { ...type, length }, nullable };
  }

  if (kind === 'mod' && left.type.kind === 'decimal') {
    return remainder(left, right, nullable);
  }

  const type = common(left.type, right.type);
  const [a, b] = [convert(left, type, { isImplicit: true }).sql, convert(right, type, { isImplicit: true }).sql];
  const byZero = (sql) => `(CASE WHEN ${b} = 0 THEN ${raised(8134, 'Divide by zero error encountered.')} ELSE ${sql} END)`;
  if (isInteger(type) && type.kind !== 'bit') {
    return { sql: kind === 'div' ? byZero(`${a} // ${b}`) : kind === 'mod' ? byZero(`${a} % ${b}`) : `(${a} ${sign} ${b})`, type, nullable };
  }

  if (type.kind === 'float' || type.kind === 'real') {
    if (kind === 'mod') {
      throw new TsqlError(402, 16, 'The data types float and float are incompatible in the modulo operator.');
    }

    return { sql: kind === 'div' ? byZero(`${a} / ${b}`) : `(${a} ${sign} ${b})`, type, nullable };
  }

  if (type.kind === 'decimal' && (kind === 'add' || kind === 'sub' || kind === 'mul')) {
    const [p, q] = [digits(left.type), digits(right.type)];
    const result = kind === 'mul'
      ? decimal(p.precision + q.precision + 1, p.scale + q.scale)
      : decimal(Math.max(p.precision - p.scale, q.precision - q.scale) + Math.max(p.scale, q.scale) + 1, Math.max(p.scale, q.scale));
    if (result.precision > 38) {
      throw notHonoured(`${display(left.type)} ${sign} ${display(right.type)}, whose result would be rounded`);
    }

    const [x, y] = [convert(left, decimal(p.precision, p.scale)).sql, convert(right, decimal(q.precision, q.scale)).sql];
    return { sql: `CAST(${x} ${sign} ${y} AS ${engineType(result)})`, type: result, nullable };
  }

  throw notHonoured(`${display(left.type)} ${sign} ${display(right.type)}`);
}

export { orderKey, equalityKey, isPredicate, bigint };
