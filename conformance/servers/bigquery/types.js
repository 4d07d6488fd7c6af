// The types of GoogleSQL: their spelling in schemas (legacy and standard names), and their form in ZetaSQL's messages.
// A type is {kind}, {kind: 'ARRAY', element} or {kind: 'STRUCT', fields: [{name, type}]}.

const kinds = {
  INT64: 'TYPE_INT64', FLOAT64: 'TYPE_DOUBLE', BOOL: 'TYPE_BOOL', STRING: 'TYPE_STRING', BYTES: 'TYPE_BYTES', DATE: 'TYPE_DATE', DATETIME: 'TYPE_DATETIME',
  TIME: 'TYPE_TIME', TIMESTAMP: 'TYPE_TIMESTAMP', NUMERIC: 'TYPE_NUMERIC', BIGNUMERIC: 'TYPE_BIGNUMERIC', JSON: 'TYPE_JSON',
};
/** What a column may be called. */
const columnName = /^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_ &%=+:'<>#|-]{0,299}$/u;

const byKind = Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [kind, name]));
const legacy = { INT64: 'INTEGER', FLOAT64: 'FLOAT', BOOL: 'BOOLEAN' };
const standard = { INTEGER: 'INT64', FLOAT: 'FLOAT64', BOOLEAN: 'BOOL', RECORD: 'STRUCT', DECIMAL: 'NUMERIC', BIGDECIMAL: 'BIGNUMERIC' };

/** The standard name for a name of either spelling. */
const canonical = name => standard[name.toUpperCase()] ?? name.toUpperCase();

/** @returns the type for its message of ZetaSQL; an error for a type that this server cannot carry. */
function fromProto(proto) {
  if (proto.typeKind === 'TYPE_ARRAY') {
    return { kind: 'ARRAY', element: fromProto(proto.arrayType.elementType) };
  }

  if (proto.typeKind === 'TYPE_STRUCT') {
    return { kind: 'STRUCT', fields: (proto.structType.field ?? []).map(field => ({ name: field.fieldName ?? '', type: fromProto(field.fieldType) })) };
  }

  if (!byKind[proto.typeKind]) {
    throw new Unsupported(`a value of ${proto.typeKind.replace('TYPE_', '')}`);
  }

  return { kind: byKind[proto.typeKind] };
}

function toProto(type) {
  switch (type.kind) {
    case 'ARRAY':
      return { typeKind: 'TYPE_ARRAY', arrayType: { elementType: toProto(type.element) } };
    case 'STRUCT':
      return { typeKind: 'TYPE_STRUCT', structType: { field: type.fields.map(field => ({ fieldName: field.name, fieldType: toProto(field.type) })) } };
    default:
      if (!kinds[type.kind]) {
        throw new Unsupported(`a column of ${type.kind}`);
      }

      return { typeKind: kinds[type.kind] };
  }
}

/** A column as a table's owner writes it: name, `NUMERIC(12, 2)`, nullable, collation. */
function parseColumn(column) {
  if (!columnName.test(column.name)) {
    throw new Error(`BigQuery has no column ${JSON.stringify(column.name)}: a name has letters, digits, spaces and a few signs.`);
  }

  const [, name, arguments_] = /^\s*([A-Za-z0-9]+)\s*(?:\(([^)]*)\))?\s*$/.exec(column.type) ?? [];
  const array = /^\s*ARRAY\s*<\s*([A-Za-z0-9]+)\s*>\s*$/i.exec(column.type);
  if (array) {
    return { name: column.name, type: { kind: 'ARRAY', element: { kind: canonical(array[1]) } }, mode: 'REPEATED' };
  }

  if (!name) {
    throw new Error(`Column ${column.name}: ${column.type} is no type that this server knows.`);
  }

  const kind = canonical(name);
  const numbers = arguments_ ? arguments_.split(',').map(Number) : [];
  const isText = kind === 'STRING' || kind === 'BYTES';
  return {
    name: column.name,
    type: { kind },
    mode: column.nullable === false ? 'REQUIRED' : 'NULLABLE',
    maxLength: isText ? numbers[0] : undefined,
    precision: isText ? undefined : numbers[0],
    scale: isText ? undefined : numbers[1] ?? (numbers.length ? 0 : undefined),
    collation: column.collation,
  };
}

/** A column of a schema as the REST API writes it, with legacy names. */
function toField(column) {
  const repeated = column.type.kind === 'ARRAY';
  const type = repeated ? column.type.element : column.type;
  const field = { name: column.name, type: type.kind === 'STRUCT' ? 'RECORD' : legacy[type.kind] ?? type.kind, mode: repeated ? 'REPEATED' : column.mode ?? 'NULLABLE' };
  if (type.kind === 'STRUCT') {
    field.fields = type.fields.map(inner => toField({ name: inner.name, type: inner.type }));
  }

  for (const key of ['maxLength', 'precision', 'scale']) {
    if (column[key] !== undefined) {
      field[key] = String(column[key]);
    }
  }

  if (column.collation) {
    field.collation = column.collation;
  }

  return field;
}

/** A column's type as INFORMATION_SCHEMA.COLUMNS spells it. */
function textOf(column) {
  if (column.type.kind === 'ARRAY') {
    return `ARRAY<${column.type.element.kind}>`;
  }

  const digits = [column.maxLength ?? column.precision, column.maxLength === undefined ? column.scale || undefined : undefined].filter(number => number !== undefined);
  return `${column.type.kind}${digits.length ? `(${digits.join(', ')})` : ''}`;
}

/** A type as a query parameter declares it. */
function fromParameter(type) {
  const name = canonical(type.type);
  return name === 'ARRAY' ? { kind: 'ARRAY', element: fromParameter(type.arrayType) }
    : name === 'STRUCT' ? { kind: 'STRUCT', fields: type.structTypes.map(field => ({ name: field.name ?? '', type: fromParameter(field.type) })) }
      : { kind: name };
}

/** Something that this server cannot answer as BigQuery would: refused, never guessed. */
class Unsupported extends Error {
  constructor(what) {
    super(`This local server does not support ${what}.`);
  }
}

export { columnName, fromProto, toProto, parseColumn, textOf, toField, fromParameter, Unsupported };
