// Errors as Snowflake numbers them.
export class SnowflakeError extends Error {
  /** `http` is the status of the SQL API; the driver protocol answers 200 whatever happened. */
  constructor(code, sqlState, message, { http = 422, bare = false } = {}) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
    this.http = http;
    this.bare = bare;
  }
}

/** A statement that Snowflake would answer and this server cannot, said so that nobody takes it for an answer. */
export function unsupported(what) {
  return new SnowflakeError('000002', '0A000', `Unsupported feature '${what}' (of this local server).`);
}

/** What the engine's words mean in Snowflake's numbers. */
export function ofEngine(error) {
  if (error instanceof SnowflakeError) return error;
  const message = String(error.message);
  const rules = [
    [/INTERRUPT/i, '000604', '57014', 'SQL execution canceled'],
    [/(Table|View) with name|Catalog "[^]*" does not exist|schema .* does not exist|Table Function|Catalog Error: (Table|Schema)/i, '002003', '42S02', "SQL compilation error:\nObject does not exist or not authorized."],
    [/(Referenced column|column named|does not have a column|Column ".*" referenced|candidate bindings)/i, '000904', '42000', 'SQL compilation error:\nerror line 1 at position 7\ninvalid identifier'],
    [/(Scalar|Aggregate) Function with name/i, '002140', '42601', 'SQL compilation error:\nUnknown function'],
    [/Conversion Error|Could not convert|invalid .* format|Invalid Input/i, '100038', '22018', 'Numeric value is not recognized'],
    [/Out of Range|Overflow/i, '100039', '22003', 'Numeric value is out of range'],
    [/Parser Error|syntax error/i, '001003', '42000', 'SQL compilation error:\nsyntax error line 1 at position 0'],
    [/Binder Error|No function matches|Cannot compare|Cannot mix/i, '001044', '42P13', 'SQL compilation error: error line 1 at position 7\nInvalid argument types for function'],
    [/unique|Assertion|sf_/i, '000603', 'XX000', 'SQL execution internal error'],
  ];
  const rule = rules.find(([pattern]) => pattern.test(message));
  // The engine's own words stand behind Snowflake's: a test that fails here should say why.
  return rule
    ? new SnowflakeError(rule[1], rule[2], `${rule[3]} [${message}]`)
    : new SnowflakeError('000603', 'XX000', `SQL execution internal error [${message}]`);
}
