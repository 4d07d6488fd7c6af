// Text to trees. Parameters are bound before the text is parsed: the parser misreads markers such as @p0.
import * as polyglot from '@polyglot-sql/sdk';
import { TsqlError, notHonoured, syntax } from './errors.js';

const greatestParameters = 2100;

/** The parts of a text in which no name can stand: strings, quoted names, comments. */
function* pieces(sql) {
  let start = 0;
  for (let i = 0; i < sql.length; ) {
    const end = closing(sql, i);
    if (end === i) {
      i++;
      continue;
    }

    if (start < i) {
      yield { text: sql.slice(start, i), isCode: true };
    }

    yield { text: sql.slice(i, end), isCode: false };
    start = i = end;
  }

  if (start < sql.length) {
    yield { text: sql.slice(start), isCode: true };
  }
}

function closing(sql, i) {
  const close = { "'": "'", '"': '"', '[': ']' }[sql[i]];
  if (close !== undefined) {
    for (let at = i + 1; ; at += 2) {
      at = sql.indexOf(close, at);
      if (at < 0) {
        throw new TsqlError(105, 15, 'Unclosed quotation mark after the character string.');
      }

      if (sql[at + 1] !== close) {
        return at + 1;
      }
    }
  }

  if (sql.startsWith('--', i)) {
    const end = sql.indexOf('\n', i);
    return end < 0 ? sql.length : end;
  }

  if (sql.startsWith('/*', i)) {
    let depth = 0;
    for (let at = i; at < sql.length; at++) {
      if (sql.startsWith('/*', at)) {
        depth++;
        at++;
      } else if (sql.startsWith('*/', at)) {
        depth--;
        at++;
        if (depth === 0) {
          return at + 1;
        }
      }
    }

    throw new TsqlError(113, 15, "Missing end comment mark '*/'.");
  }

  return i;
}

/** A value as text of T-SQL. */
export function literalOf(type, value) {
  const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
  const name = type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})`
    : type.length !== undefined ? `${type.kind}(${type.length})`
    : type.scale !== undefined ? `${type.kind}(${type.scale})` : type.kind;
  if (value === null) {
    return `CAST(NULL AS ${name})`;
  }

  switch (type.kind) {
    case 'nvarchar': return `N${quoted(value)}`;
    case 'varchar': return quoted(value);
    case 'bit': return `CAST(${value ? 1 : 0} AS bit)`;
    case 'decimal': {
      const digits = String(value.value < 0n ? -value.value : value.value).padStart(type.scale + 1, '0');
      const text = type.scale === 0 ? digits : `${digits.slice(0, -type.scale)}.${digits.slice(-type.scale)}`;
      return `CAST('${value.value < 0n ? '-' : ''}${text}' AS ${name})`;
    }
    case 'date': return `CAST('${new Date(value.days * 86400000).toISOString().slice(0, 10)}' AS date)`;
    case 'datetime2': {
      const [ms, rest] = [value.micros / 1000n, value.micros % 1000n];
      const whole = new Date(Number(rest < 0n ? ms - 1n : ms)).toISOString();
      const micros = String((rest + 1000n) % 1000n).padStart(3, '0');
      return `CAST('${whole.slice(0, 10)} ${whole.slice(11, 23)}${micros}' AS datetime2(6))`;
    }
    case 'varbinary': return `0x${Buffer.from(value).toString('hex')}`;
    case 'real': case 'float': return `CAST('${value}' AS ${name})`;
    case 'tinyint': case 'smallint': case 'int': case 'bigint': return `CAST('${value}' AS ${name})`;
    default: throw notHonoured(`parameters of the type ${type.kind}`);
  }
}

/** The text with every @name replaced by its value. */
export function bind(sql, parameters) {
  if (parameters.length > greatestParameters) {
    throw new TsqlError(8003, 16, `The incoming request has too many parameters. The server supports a maximum of ${greatestParameters} parameters. Reduce the number of parameters and resend the request.`);
  }

  const values = new Map(parameters.map(({ name, type, value }) => [name.toLowerCase(), literalOf(type, value)]));
  let bound = '';
  for (const { text, isCode } of pieces(sql)) {
    bound += !isCode ? text : text.replace(/(?<![@\w#$])@(?!@)[\w#$@]+/g, (name) => {
      const value = values.get(name.toLowerCase());
      if (value === undefined) {
        throw new TsqlError(137, 15, `Must declare the scalar variable "${name}".`);
      }

      return value;
    });
  }

  return bound;
}

/** A backslash at the end of a line continues a string on the next line: both vanish. */
export function continueLines(sql) {
  let text = '';
  for (const piece of pieces(sql)) {
    text += !piece.isCode && piece.text.startsWith("'") ? piece.text.replace(/\\\r?\n/g, '') : piece.text;
  }

  return text;
}

/** The tree of each statement. */
export function parse(sql) {
  if (sql.includes('\0')) {
    throw syntax('\\0');
  }

  const text = continueLines(sql);
  const parsed = polyglot.parse(text, 'tsql');
  if (!parsed.success) {
    throw new TsqlError(102, 15, `Incorrect syntax: ${String(parsed.error).split('\n')[0]}`);
  }

  const trees = typeof parsed.ast === 'string' ? JSON.parse(parsed.ast) : parsed.ast;
  checkStrings(text, trees);
  return trees;
}

// The parser must have found the very strings that stand in the text: whatever it loses or changes would be answered wrongly.
function checkStrings(text, trees) {
  const expected = [];
  for (const piece of pieces(text)) {
    if (!piece.isCode && piece.text.startsWith("'")) {
      expected.push(piece.text.slice(1, -1).replaceAll("''", "'"));
    }
  }

  const found = [];
  const visit = (node) => {
    if (Array.isArray(node)) {
      node.forEach(visit);
    } else if (node !== null && typeof node === 'object') {
      if (node.literal_type === 'string' || node.literal_type === 'national_string') {
        found.push(node.value);
      }

      // An option of the statement is kept as text.
      if (typeof node.option === 'string') {
        for (const piece of pieces(node.option)) {
          if (!piece.isCode && piece.text.startsWith("'")) {
            found.push(piece.text.slice(1, -1).replaceAll("''", "'"));
          }
        }
      }

      Object.values(node).forEach(visit);
    }
  };
  visit(trees);
  const sorted = (texts) => JSON.stringify([...texts].sort());
  if (sorted(expected) !== sorted(found)) {
    throw notHonoured('this statement: its parser changes a string of it');
  }
}

/** The name of a node and its members. */
export function kindOf(node) {
  const [kind] = Object.keys(node);
  return [kind, node[kind]];
}
