// How the service says no: before a statement exists (HTTP status), and when a statement fails (HTTP 200, FAILED).

/** A statement that fails. */
export class StatementProblem extends Error {
  constructor(errorClass, message, sqlState) {
    super(`[${errorClass}] ${message} SQLSTATE: ${sqlState}`);
    this.errorClass = errorClass;
    this.sqlState = sqlState;
  }
}

/** A request that is refused. */
export class Refusal extends Error {
  constructor(status, errorCode, message, headers = {}) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.headers = headers;
  }

  get body() { return { error_code: this.errorCode, message: this.message, details: [] }; }
}

export const invalid = (message) => new Refusal(400, 'INVALID_PARAMETER_VALUE', message);

/** What DuckDB says, as Databricks would. */
export function fromDuckDb(error) {
  const text = error.message;
  const known = [
    [/^Catalog Error: (Scalar|Aggregate|Table) Function/i, 'UNRESOLVED_ROUTINE', '42883'],
    [/^Catalog Error: Table with name|does not exist.*Did you mean|schema .* does not exist/i, 'TABLE_OR_VIEW_NOT_FOUND', '42P01'],
    [/^Binder Error: .*(column|Column)|^Binder Error: Values list/i, 'UNRESOLVED_COLUMN', '42703'],
    [/^Binder Error/i, 'DATATYPE_MISMATCH', '42K09'],
    [/^Catalog Error/i, 'TABLE_OR_VIEW_NOT_FOUND', '42P01'],
    [/^Parser Error|^syntax error|one statement was expected/i, 'PARSE_SYNTAX_ERROR', '42601'],
    [/^Conversion Error/i, 'CAST_INVALID_INPUT', '22018'],
    [/^Out of Range Error/i, 'ARITHMETIC_OVERFLOW', '22003'],
    [/^Invalid Input Error/i, 'USER_RAISED_EXCEPTION', 'P0001'],
  ].find(([pattern]) => pattern.test(text));
  const [, errorClass, sqlState] = known ?? [null, 'INTERNAL_ERROR', 'XX000'];
  return new StatementProblem(errorClass, text, sqlState);
}
