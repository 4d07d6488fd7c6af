// Typed parameters of a statement, put into its text as literals.
import { tokens, textLiteral, SyntaxProblem } from './lexer.js';
import { StatementProblem } from './problems.js';

const accepted = /^(STRING|TINYINT|SMALLINT|INT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL(?: ?\( ?\d+ ?(?:, ?\d+ ?)?\))?|BOOLEAN|DATE|TIMESTAMP|TIMESTAMP_NTZ|VOID|INTERVAL\b.*)$/i;

/** The statement with its markers replaced. Throws StatementProblem as the warehouse fails a statement. */
export function bind(sql, parameters = []) {
  let found;
  try { found = tokens(sql); } catch (error) {
    if (error instanceof SyntaxProblem) throw new StatementProblem('PARSE_SYNTAX_ERROR', error.message, '42601');
    throw error;
  }
  if (found.length === 0) throw new StatementProblem('PARSE_EMPTY_STATEMENT', 'Syntax error, unexpected empty statement.', '42617');
  const end = found.findIndex((token) => token.kind === 'mark' && token.value === ';');
  if (end >= 0 && end < found.length - 1) throw new StatementProblem('PARSE_SYNTAX_ERROR', "Syntax error at or near ';': extra input.", '42601');
  const text = end >= 0 ? sql.slice(0, found[end].start) : sql;

  const named = new Map();
  const positional = [];
  for (const parameter of parameters) {
    if (typeof parameter.name === 'string' && parameter.name !== '') {
      if (named.has(parameter.name)) throw new StatementProblem('INVALID_PARAMETER_MARKER_VALUE.DUPLICATE_NAME', `The parameter ${parameter.name} is given twice.`, '22023');
      named.set(parameter.name, parameter);
    } else if (parameter.ordinal !== undefined) positional[parameter.ordinal - 1] = parameter;
    else positional.push(parameter);
  }

  let bound = '';
  let copied = 0;
  let position = 0;
  for (const token of found.slice(0, end >= 0 ? end : undefined)) {
    if (token.kind !== 'parameter') continue;
    const parameter = token.value === '' ? positional[position++] : named.get(token.value);
    if (!parameter) throw new StatementProblem('UNBOUND_SQL_PARAMETER', `Found the unbound parameter: ${token.value || `_${token.start}`}.`, '42P02');
    bound += text.slice(copied, token.start) + literal(parameter);
    copied = token.end;
  }
  return bound + text.slice(copied);
}

function literal({ name, value, type = 'STRING' }) {
  if (!accepted.test(type)) throw new StatementProblem('INVALID_PARAMETER_MARKER_VALUE.INVALID_DATA_TYPE', `The parameter ${name ?? ''} has the unsupported type ${type}.`, '22023');
  const upper = type.toUpperCase();
  if (upper === 'VOID') return 'NULL';
  if (value === null || value === undefined) return `CAST(NULL AS ${upper})`;
  if (typeof value !== 'string') throw new StatementProblem('INVALID_PARAMETER_MARKER_VALUE', 'A value is not text.', '22023');
  const unfit = () => new StatementProblem('INVALID_PARAMETER_MARKER_VALUE.INVALID_VALUE_FOR_DATA_TYPE', `The value of parameter ${name ?? ''} does not fit ${type}.`, '22023');
  if (upper.startsWith('DECIMAL')) {
    // The precision of the value decides, not the declared one.
    const match = /^([+-]?)(\d+)(?:\.(\d+))?$/.exec(value.trim());
    if (!match) throw unfit();
    const scale = match[3]?.length ?? 0;
    const precision = Math.max(1, match[2].replace(/^0+/, '').length + scale, scale);
    if (precision > 38) throw unfit();
    return `CAST('${value.trim()}' AS DECIMAL(${precision},${scale}))`;
  }
  if (/^(TINYINT|SMALLINT|INT|INTEGER|BIGINT)$/.test(upper)) {
    const bits = { TINYINT: 7n, SMALLINT: 15n, INT: 31n, INTEGER: 31n, BIGINT: 63n }[upper];
    if (!/^[+-]?\d+$/.test(value.trim())) throw unfit();
    const number = BigInt(value.trim().replace(/^\+/, ''));
    if (number < -(1n << bits) || number >= 1n << bits) throw unfit();
    return `CAST('${number}' AS ${upper === 'INTEGER' ? 'INT' : upper})`;
  }
  if (upper === 'BOOLEAN' && !/^(true|false)$/i.test(value)) throw unfit();
  if (upper === 'STRING') return textLiteral(value);
  if (upper.startsWith('INTERVAL')) throw new StatementProblem('UNSUPPORTED_FEATURE', 'This server takes no intervals as parameters.', '0A000');
  return `CAST(${textLiteral(value)} AS ${upper})`;
}
