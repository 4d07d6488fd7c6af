// What Snowflake's OpenAPI description of the SQL API 2.0 (snowflakedb/snowflake-rest-api-specs, specifications/sqlapi.yaml) says of requests and answers,
// in JSON Schema. Where recordings of accounts and the description disagree, the recordings hold, and a comment says so.
import Ajv from 'ajv';

const text = { type: 'string' };
const natural = { type: 'integer', minimum: 0 };
const orNull = (schema) => ({ ...schema, type: [schema.type, 'null'] });

// The description calls a handle a UUID; recorded ones are of that shape.
const handle = { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' };
const status = { code: text, sqlState: text, message: text, statementHandle: handle, createdOn: natural, statementStatusUrl: { type: 'string', pattern: '^/api/' } };
const answer = (properties, required) => ({ type: 'object', properties, required, additionalProperties: false });

const queryStatus = answer(status, ['statementHandle']);
// Described with a handle; recorded without one where an asynchronous statement fails while it runs, and where it fails before it has one.
const failure = answer(status, ['message']);
// "The response body may include the error code and message."
const refusal = answer(status, []);

const column = {
  type: 'object',
  // Described as numbers; recorded as null where a type has none.
  properties: { name: text, type: text, length: orNull(natural), precision: orNull(natural), scale: orNull(natural), nullable: { type: 'boolean' }, database: text, schema: text, table: text, byteLength: orNull(natural), collation: orNull(text) },
  required: ['name', 'type', 'nullable'],
  additionalProperties: false,
};
const rows = { type: 'array', items: { type: 'array', items: { type: ['string', 'null'] } } };
const resultSet = answer({
  ...status,
  requestId: text,
  resultSetMetaData: {
    type: 'object',
    properties: {
      format: { const: 'jsonv2' },
      numRows: natural,
      rowType: { type: 'array', minItems: 1, items: column },
      partitionInfo: { type: 'array', items: { type: 'object', properties: { rowCount: natural, compressedSize: natural, uncompressedSize: natural }, required: ['rowCount', 'uncompressedSize'], additionalProperties: false } },
      nullable: { type: 'boolean' },
      parameters: { type: 'object' },
    },
    required: ['format', 'numRows', 'rowType', 'partitionInfo'],
    additionalProperties: false,
  },
  data: rows,
  statementHandles: { type: 'array', items: handle },
  stats: { type: 'object', additionalProperties: natural },
}, ['resultSetMetaData', 'data', 'code', 'statementHandle']);
// Recorded: a later partition is its rows and nothing else.
const partition = answer({ data: rows }, ['data']);

const refusals = Object.fromEntries([400, 401, 403, 404, 405, 415, 429, 500, 503, 504].map((number) => [number, refusal]));
const answers = {
  // A GET may be throttled too, the documentation says; the description has it for both.
  submit: { 200: resultSet, 202: queryStatus, 408: queryStatus, 422: failure, ...refusals },
  poll: { 200: resultSet, 202: queryStatus, 408: queryStatus, 422: failure, ...refusals },
  partition: { 200: partition, 202: queryStatus, 422: failure, ...refusals },
  cancel: { 200: queryStatus, 422: queryStatus, ...refusals },
};

const submission = {
  type: 'object',
  properties: {
    statement: text,
    timeout: natural,
    database: text,
    schema: text,
    warehouse: text,
    role: text,
    bindings: {
      type: 'object',
      // The documentation has arrays for statements that run once for each value; null stands for NULL.
      additionalProperties: { type: 'object', properties: { type: text, value: { type: ['string', 'null', 'array'], items: { type: ['string', 'null'] } } }, required: ['type', 'value'], additionalProperties: false },
    },
    // Which there are is known to the server; texts are taken for numbers and truth values, as recorded.
    parameters: { type: 'object', additionalProperties: { type: ['string', 'integer', 'boolean'] } },
    resultSetMetaData: { type: 'object' },
  },
  required: ['statement'],
  additionalProperties: false,
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const compiled = Object.fromEntries(Object.entries(answers).map(([operation, byStatus]) => [operation, Object.fromEntries(Object.entries(byStatus).map(([number, schema]) => [number, ajv.compile(schema)]))]));
const submissionCheck = ajv.compile(submission);

const words = (check) => (check.errors ?? []).map((error) => `${error.instancePath || 'the body'} ${error.message}`).join('; ');

/** What is wrong with an answer to an operation (submit, poll, partition, cancel), or undefined. */
export function wrongInAnswer(operation, httpStatus, body) {
  const check = compiled[operation]?.[httpStatus];
  if (!check) return `The status ${httpStatus} is no answer to ${operation}.`;
  // Partition 0 can be asked for by its number, and is the whole answer.
  if (operation === 'partition' && httpStatus === 200 && body?.resultSetMetaData) return wrongInAnswer('poll', httpStatus, body);
  return check(body) ? undefined : words(check);
}

/** What is wrong with the body of a submission, or undefined. */
export function wrongInSubmission(body) {
  return submissionCheck(body) ? undefined : words(submissionCheck);
}
