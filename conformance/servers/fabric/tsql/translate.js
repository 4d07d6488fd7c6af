// Queries of T-SQL as SQL of the engine. Names are bound here, exactly, and every output is called o0, o1, … in the engine, so that its rules for names play no part.
import { TsqlError, notHonoured, syntax } from './errors.js';
import { kindOf } from './parse.js';
import { common, convert, engineType, equalityKey, isText, orderKey, parseTypeNode } from './typing.js';
import { compare, condition, unwrap, value } from './expressions.js';
import { aggregates } from './functions.js';

const deepest = 32;

/** Translates a query: { sql, columns: [{ name, type, nullable }], label }. */
export function translate(tree, { catalog, database, session }) {
  const env = { catalog, database, session, scope: null, group: null, aggregates: false, ctes: new Map(), counter: { next: 0 }, depth: 0, seen: { user: false, system: false } };
  Object.assign(env, { query: subquery, column: resolveColumn, window: windowFunction, compare });
  const [, it] = kindOf(tree);
  const list = it.with?.ctes ?? [];
  if (it.with?.recursive) {
    throw notHonoured('RECURSIVE');
  }

  const tables = [];
  for (const cte of list) {
    if (cte.materialized !== null && cte.materialized !== undefined) {
      throw new TsqlError(102, 15, "Incorrect syntax near 'MATERIALIZED'.");
    }

    const query = translateQuery(cte.this, { ...env, ctes: new Map(env.ctes) }, {});
    const columns = named(query.columns, cte.columns?.length > 0 ? cte.columns.map((column) => column.name) : undefined, cte.alias.name);
    const name = `w${env.counter.next++}`;
    if (env.ctes.has(cte.alias.name)) {
      throw new TsqlError(239, 16, `Duplicate common table expression name '${cte.alias.name}' was specified.`);
    }

    env.ctes.set(cte.alias.name, { name, columns });
    tables.push(`${name} AS (${query.sql})`);
  }

  const query = translateQuery(tree, env, { isTop: true });
  if (env.seen.user && env.seen.system) {
    throw new TsqlError(15816, 16, 'The query references an object that is not supported in distributed processing mode.');
  }

  return { sql: tables.length > 0 ? `WITH ${tables.join(', ')} ${query.sql}` : query.sql, columns: query.columns, label: labelOf(it.option) };
}

function labelOf(option) {
  if (!option) {
    return undefined;
  }

  const match = /^OPTION\s*\(\s*LABEL\s*=\s*'((?:[^']|'')*)'\s*\)$/i.exec(option.trim());
  if (!match) {
    throw notHonoured(`the option ${option}`);
  }

  return match[1].replaceAll("''", "'");
}

function subquery(node, env) {
  return translateQuery(node, { ...env, scope: { relations: [], parent: env.scope }, group: null, aggregates: false }, {});
}

function translateQuery(node, outer, { isTop = false, isOrderFree = true }) {
  if (outer.depth > deepest) {
    throw new TsqlError(8180, 16, 'The statement nests more deeply than this local server takes (32 levels).');
  }

  const env = { ...outer, depth: outer.depth + 1 };
  const [kind, it] = kindOf(node);
  if (it.with && !isTop) {
    throw new TsqlError(156, 15, "Incorrect syntax near the keyword 'WITH'.");
  }

  switch (kind) {
    case 'select': return select(it, env, isTop, isOrderFree);
    case 'paren': return translateQuery(it.this, env, { isTop });
    case 'subquery':
      if (it.alias || it.limit || it.offset || it.order_by) {
        throw notHonoured('clauses behind a query in parentheses');
      }

      return translateQuery(it.this, env, {});
    case 'union': case 'intersect': case 'except': return setOperation(kind, it, env);
    default: throw notHonoured(`the statement ${kind}`);
  }
}

function setOperation(kind, it, env) {
  if (it.order_by || it.limit || it.offset || it.by_name || (kind !== 'union' && it.all)) {
    throw kind !== 'union' && it.all ? syntax('ALL') : notHonoured(`clauses behind ${kind.toUpperCase()}`);
  }

  const [left, right] = [translateQuery(it.left, env, {}), translateQuery(it.right, env, {})];
  if (left.columns.length !== right.columns.length) {
    throw new TsqlError(205, 16, 'All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.');
  }

  const columns = left.columns.map((column, i) => ({ name: column.name, type: common(column.type, right.columns[i].type), nullable: column.nullable || right.columns[i].nullable }));
  const side = (query) => `SELECT ${columns.map((column, i) => `${convert({ sql: `s.o${i}`, type: query.columns[i].type, nullable: true }, column.type, { isImplicit: true }).sql} AS o${i}`).join(', ')} FROM (${query.sql}) AS s`;
  const keys = (alias) => columns.map((column, i) => equalityKey({ sql: `${alias}.o${i}`, type: column.type }));
  if (kind === 'union') {
    const all = `(${side(left)}) UNION ALL (${side(right)})`;
    return { sql: it.all ? all : distinct(all, columns), columns };
  }

  const same = keys('l').map((key, i) => `${key} IS NOT DISTINCT FROM ${keys('r')[i]}`).join(' AND ');
  const kept = `SELECT l.* FROM (${side(left)}) AS l WHERE ${kind === 'except' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM (${side(right)}) AS r WHERE ${same})`;
  return { sql: distinct(kept, columns), columns };
}

// Of texts that compare as equal any one may be returned.
const distinct = (sql, columns) => `SELECT ${columns.map((column, i) => (isText(column.type) ? `first(d.o${i})` : `d.o${i}`) + ` AS o${i}`).join(', ')} FROM (${sql}) AS d GROUP BY ${columns.map((column, i) => equalityKey({ sql: `d.o${i}`, type: column.type })).join(', ')}`;

const unknownClauses = ['qualify', 'distribute_by', 'cluster_by', 'sort_by', 'distinct_on', 'sample', 'windows', 'hint', 'connect', 'into', 'prewhere', 'settings_clause', 'format_clause', 'kind', 'operation_modifiers', 'exclude', 'for_json', 'for_xml'];

function select(it, outer, isTop, _isOrderFree) {
  if (it.limit) {
    throw syntax('LIMIT');
  }

  for (const clause of unknownClauses) {
    if (it[clause] && !(Array.isArray(it[clause]) && it[clause].length === 0)) {
      throw notHonoured(`the clause ${clause}`);
    }
  }

  if (it.lateral_views?.length > 0 || it.locks?.length > 0) {
    throw notHonoured('LATERAL or locks');
  }

  const env = { ...outer, scope: { relations: [], parent: outer.scope } };
  const from = it.from ? relations(it, env) : '';
  const where = it.where_clause ? ` WHERE ${condition(it.where_clause.this, env)}` : '';
  const groupNodes = it.group_by?.expressions ?? [];
  if (it.group_by && (it.group_by.grouping_sets || it.group_by.rollup || it.group_by.cube || it.group_by.all || it.group_by.totals)) {
    throw notHonoured('ROLLUP, CUBE or GROUPING SETS');
  }

  const isGrouped = groupNodes.length > 0 || it.having || it.expressions.some(hasAggregate);
  const inner = { ...env, aggregates: isGrouped, group: null };
  let groupBy = '';
  if (isGrouped) {
    inner.group = new Map();
    const keys = groupNodes.map((node) => {
      const key = value(node, env);
      if ('literal' in unwrap(node)) {
        throw new TsqlError(164, 15, 'Each GROUP BY expression must contain at least one column that is not an outer reference.');
      }

      inner.group.set(key.sql, isText(key.type) ? `first(${key.sql})` : key.sql);
      return equalityKey(key);
    });
    groupBy = keys.length > 0 ? ` GROUP BY ${keys.join(', ')}` : '';
  }

  const outputs = it.expressions.flatMap((node) => output(node, inner));
  const having = it.having ? ` HAVING ${condition(it.having.this, inner)}` : '';
  const columns = outputs.map((one) => ({ name: one.name, type: one.value.type.isNull ? { kind: 'int' } : { ...one.value.type, label: one.value.type.label === 'explicit' ? 'implicit' : one.value.type.label }, nullable: one.value.nullable !== false }));
  const sql = `SELECT ${outputs.map((one, i) => `${one.value.type.isNull ? 'CAST(NULL AS INTEGER)' : one.value.sql} AS o${i}`).join(', ')}${from}${where}${groupBy}${having}`;
  return order(it, it.distinct ? distinct(sql, columns) : sql, columns, outputs, inner, isTop);
}

function order(it, sql, columns, outputs, env, isTop) {
  const items = it.order_by?.expressions ?? [];
  const limited = it.top || it.fetch || it.offset;
  if (items.length > 0 && !isTop && !limited) {
    throw new TsqlError(1033, 15, 'The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.');
  }

  if (it.top && (it.offset || it.fetch)) {
    throw new TsqlError(10741, 15, 'A TOP can not be used in the same query or sub-query as a OFFSET.');
  }

  if ((it.offset || it.fetch) && items.length === 0) {
    throw syntax('OFFSET');
  }

  if (it.top?.percent || it.top?.with_ties) {
    throw notHonoured('TOP PERCENT or WITH TIES');
  }

  const number = (node) => {
    const found = node && value(node, env).number;
    if (found === undefined) {
      throw notHonoured('a number of rows that is no constant');
    }

    return found;
  };
  let text = sql;
  if (items.length > 0) {
    const keys = items.map((item) => {
      const named = columns.findIndex((column) => 'column' in item.this && !item.this.column.table && column.name === item.this.column.name.name);
      const wanted = named >= 0 ? outputs[named].value : value(item.this, env);
      const selected = named >= 0 ? named : outputs.findIndex((one) => one.value.sql === wanted.sql);
      if (it.distinct && selected < 0) {
        throw new TsqlError(145, 15, 'ORDER BY items must appear in the select list if SELECT DISTINCT is specified.');
      }

      return `${orderKey(it.distinct ? { sql: `o${selected}`, type: columns[selected].type } : wanted)} ${item.desc ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
    });
    text = `${it.distinct ? `SELECT * FROM (${sql}) AS z` : sql} ORDER BY ${keys.join(', ')}`;
  }

  if (it.top) {
    text = `${items.length > 0 ? text : `SELECT * FROM (${sql}) AS z`} LIMIT ${number(it.top.this)}`;
  }

  if (it.offset || it.fetch) {
    text += `${it.fetch ? ` LIMIT ${number(it.fetch.count)}` : ''}${it.offset ? ` OFFSET ${number(it.offset.this)}` : ''}`;
  }

  return { sql: text, columns };
}

function output(node, env) {
  const [kind, it] = kindOf(node);
  if (kind === 'star') {
    if (env.group) {
      throw new TsqlError(8120, 16, 'Column is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.');
    }

    const list = env.scope.relations.filter((relation) => !it.table || relation.alias === it.table.name);
    return list.flatMap((relation) => relation.columns.map((column) => ({ name: column.name, value: column })));
  }

  if (kind === 'alias') {
    return [{ name: it.alias.name, value: value(it.this, env) }];
  }

  return [{ name: kind === 'column' ? it.name.name : '', value: value(node, env) }];
}

function hasAggregate(node) {
  if (Array.isArray(node)) {
    return node.some(hasAggregate);
  }

  if (node === null || typeof node !== 'object') {
    return false;
  }

  return Object.entries(node).some(([kind, it]) => {
    if (['select', 'subquery', 'exists', 'window_function'].includes(kind) || it === null || typeof it !== 'object') {
      return false;
    }

    return (!Array.isArray(it) && aggregates.isAggregate(kind, it)) || hasAggregate(it);
  });
}

function relations(it, env) {
  let sql = '';
  it.from.expressions.forEach((node, i) => {
    sql += `${i === 0 ? ' FROM ' : ', '}${relation(node, env)}`;
  });
  for (const join of it.joins ?? []) {
    const kinds = { Inner: 'JOIN', Left: 'LEFT JOIN', Right: 'RIGHT JOIN', Full: 'FULL JOIN', Cross: 'CROSS JOIN', Implicit: 'CROSS JOIN' };
    if (!kinds[join.kind] || join.using?.length > 0 || join.match_condition) {
      throw syntax(String(join.kind).toUpperCase());
    }

    const right = relation(join.this, env);
    sql += ` ${kinds[join.kind]} ${right}${join.on ? ` ON ${condition(join.on, env)}` : ''}`;
    if (!join.on && !['Cross', 'Implicit'].includes(join.kind)) {
      throw syntax('JOIN');
    }
  }

  return sql;
}

function relation(node, env) {
  const [kind, it] = kindOf(node);
  const alias = `r${env.counter.next++}`;
  const add = (name, columns, source) => {
    if (env.scope.relations.some((other) => other.alias === name)) {
      throw new TsqlError(1013, 16, `The objects "${name}" in the FROM clause have the same exposed names. Use correlation names to distinguish them.`);
    }

    env.scope.relations.push({ alias: name, columns: columns.map((column) => ({ ...column, sql: `${alias}.${column.engineName}` })), ...source });
    return alias;
  };
  switch (kind) {
    case 'table': {
      if (it.hints?.length > 0 || it.when || it.only || it.column_aliases?.length > 0 || it.table_sample) {
        throw notHonoured('hints of a table');
      }

      const name = it.name.name;
      const cte = !it.schema && env.ctes.get(name);
      if (cte) {
        add(it.alias?.name ?? name, cte.columns.map((column, i) => ({ ...column, engineName: `o${i}` })));
        return `${cte.name} AS ${alias}`;
      }

      const database = it.catalog ? env.catalog.find(it.catalog.name) : env.database;
      const schema = it.schema?.name ?? 'dbo';
      const table = database && env.catalog.table(database, schema, name);
      if (!table) {
        throw new TsqlError(208, 16, `Invalid object name '${[it.catalog?.name, it.schema?.name, name].filter(Boolean).join('.')}'.`);
      }

      if (database.denied.has(`${schema}.${name}`)) {
        throw new TsqlError(229, 14, `The SELECT permission was denied on the object '${name}', database '${database.name}', schema '${schema}'.`, 5);
      }

      env.seen[table.isSystem ? 'system' : 'user'] = true;
      add(it.alias?.name ?? name, table.columns.map((column, i) => ({ ...column, engineName: `c${i}` })));
      return `${table.engineName} AS ${alias}`;
    }
    case 'subquery': {
      if (!it.alias) {
        throw syntax(')');
      }

      const [innerKind, inner] = kindOf(it.this);
      const query = innerKind === 'values' ? rows(inner, env) : translateQuery(it.this, { ...env, scope: null, group: null, aggregates: false }, {});
      const columns = named(query.columns, it.column_aliases?.length > 0 ? it.column_aliases.map((column) => column.name) : undefined, it.alias.name);
      add(it.alias.name, columns.map((column, i) => ({ ...column, engineName: `o${i}` })));
      return `(${query.sql}) AS ${alias}`;
    }
    case 'alias': case 'open_j_s_o_n': case 'function': case 'dot': {
      const json = kind === 'open_j_s_o_n' ? it : it.this?.open_j_s_o_n;
      if (json) {
        const query = openJson(json, env);
        add(it.alias?.name ?? 'OPENJSON', query.columns.map((column, i) => ({ ...column, engineName: `o${i}` })));
        return `(${query.sql}) AS ${alias}`;
      }

      const call = kind === 'alias' ? kindOf(it.this)[1] : it;
      if (/fn_my_permissions/i.test(JSON.stringify(call))) {
        env.seen.system = true;
        const granted = env.session.permissions ?? ['CONNECT', 'SELECT'];
        add(it.alias?.name ?? 'fn_my_permissions', ['entity_name', 'subentity_name', 'permission_name'].map((name, i) => ({ name, type: { kind: 'nvarchar', length: 60, collation: 'BIN2', label: 'implicit' }, nullable: false, engineName: `o${i}` })));
        return `(SELECT 'database' AS o0, '' AS o1, p AS o2 FROM (VALUES ${granted.map((permission) => `('${permission.replaceAll("'", "''")}')`).join(', ')}) AS v(p)) AS ${alias}`;
      }

      throw notHonoured('table functions');
    }
    default: throw notHonoured(`FROM ${kind}`);
  }
}

// OPENJSON(constant) WITH (name type '$[n]', …) over an array of arrays of texts; of whatever else JSON may hold the conversions are not honoured.
function openJson(it, env) {
  const text = value(it.this, { ...env, scope: null, group: null, aggregates: false });
  if (text.constant === undefined) {
    throw notHonoured('OPENJSON of anything but a constant');
  }

  let rows;
  try {
    rows = JSON.parse(text.constant);
  } catch {
    throw new TsqlError(13609, 16, 'JSON text is not properly formatted.');
  }

  const fields = (it.expressions ?? []).map((node) => {
    const definition = node.open_j_s_o_n_column_def;
    const place = /^\$\[(\d+)\]$/.exec(definition?.path?.literal?.value ?? '');
    if (!place || definition.as_json) {
      throw notHonoured('this column of OPENJSON');
    }

    return { name: definition.this.identifier?.name ?? definition.this.var.this, place: Number(place[1]), type: parseTypeNode(definition.data_type, env.database.collation) };
  });
  if (fields.length === 0 || !Array.isArray(rows) || rows.some((row) => !Array.isArray(row) || fields.some((field) => typeof row[field.place] !== 'string'))) {
    throw notHonoured('OPENJSON of anything but arrays of texts with a WITH clause');
  }

  for (const field of fields) {
    for (const row of rows) {
      // Says what T-SQL says of a text that is no value of the type.
      convert({ sql: '', type: { kind: 'nvarchar', length: 'max', collation: 'BIN2' }, constant: row[field.place] }, field.type);
      if (field.type.length !== undefined && field.type.length !== 'max' && Buffer.byteLength(row[field.place]) > field.type.length) {
        throw notHonoured('OPENJSON with texts that are cut off');
      }
    }
  }

  const columns = fields.map((field) => ({ name: field.name, nullable: true, type: isText(field.type) ? { ...field.type, label: 'implicit' } : field.type }));
  const outputs = fields.map((field, i) => `CAST(json_extract_string(j.k, ${field.place}) AS ${engineType(field.type)}) AS o${i}`);
  return { sql: `SELECT ${outputs.join(', ')} FROM (SELECT unnest(CAST(CAST('${text.constant.replaceAll("'", "''")}' AS JSON) AS JSON[])) AS k) AS j`, columns };
}

function rows(it, env) {
  const list = it.expressions.map((row) => row.expressions.map((cell) => value(cell, { ...env, scope: null, group: null, aggregates: false })));
  if (list.some((row) => row.length !== list[0].length)) {
    throw new TsqlError(10709, 16, 'The number of columns for each row in a table value constructor must be the same.');
  }

  const columns = list[0].map((_, i) => ({ name: '', type: list.map((row) => row[i].type).reduce(common), nullable: list.some((row) => row[i].nullable) }));
  const text = list.map((row) => `(${row.map((cell, i) => convert(cell, columns[i].type, { isImplicit: true }).sql).join(', ')})`).join(', ');
  return { sql: `SELECT ${columns.map((_, i) => `v.v${i} AS o${i}`).join(', ')} FROM (VALUES ${text}) AS v(${columns.map((_, i) => `v${i}`).join(', ')})`, columns: columns.map((column) => ({ ...column, type: isText(column.type) ? { ...column.type, label: 'implicit' } : column.type })) };
}

function named(columns, names, owner) {
  if (names && names.length !== columns.length) {
    throw new TsqlError(8158, 16, `'${owner}' has more columns than were specified in the column list.`);
  }

  const result = columns.map((column, i) => ({ ...column, name: names?.[i] ?? column.name }));
  const without = result.findIndex((column) => column.name === '');
  if (without >= 0) {
    throw new TsqlError(8155, 16, `No column name was specified for column ${without + 1} of '${owner}'.`);
  }

  const taken = new Set();
  for (const column of result) {
    if (taken.has(column.name)) {
      throw new TsqlError(8156, 16, `The column '${column.name}' was specified multiple times for '${owner}'.`);
    }

    taken.add(column.name);
  }

  return result;
}

function resolveColumn(it, env) {
  if (it.join_mark) {
    throw syntax('(+)');
  }

  for (let scope = env.scope, isInner = true; scope; scope = scope.parent, isInner = false) {
    const found = scope.relations
      .filter((relation) => !it.table || relation.alias === it.table.name)
      .flatMap((relation) => relation.columns.filter((column) => column.name === it.name.name));
    if (found.length > 1) {
      throw new TsqlError(209, 16, `Ambiguous column name '${it.name.name}'.`);
    }

    if (found.length === 1) {
      if (env.group && isInner && !env.group.has(found[0].sql)) {
        throw new TsqlError(8120, 16, `Column '${it.name.name}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.`);
      }

      return { sql: found[0].sql, type: found[0].type, nullable: found[0].nullable !== false };
    }

    if (it.table && scope.relations.some((relation) => relation.alias === it.table.name)) {
      break;
    }
  }

  throw it.table && !hasAlias(env.scope, it.table.name)
    ? new TsqlError(4104, 16, `The multi-part identifier "${it.table.name}.${it.name.name}" could not be bound.`)
    : new TsqlError(207, 16, `Invalid column name '${it.name.name}'.`);
}

function hasAlias(scope, name) {
  for (; scope; scope = scope.parent) {
    if (scope.relations.some((relation) => relation.alias === name)) {
      return true;
    }
  }

  return false;
}

const rankings = { row_number: 'row_number', rank: 'rank', dense_rank: 'dense_rank' };

function windowFunction(it, env) {
  if (it.over.frame || it.over.window_name || it.keep) {
    throw notHonoured('frames of windows');
  }

  const [kind, call] = kindOf(it.this);
  const partition = it.over.partition_by.map((node) => equalityKey(value(node, env)));
  const orders = it.over.order_by.map((item) => {
    const node = unwrap(item.this);
    if ('literal' in node) {
      throw new TsqlError(5309, 16, 'Windowed functions, aggregates and NEXT VALUE FOR functions do not support constants as ORDER BY clause expressions.');
    }

    return `${orderKey(value(item.this, env))} ${item.desc ? 'DESC NULLS LAST' : 'ASC NULLS FIRST'}`;
  });
  const over = `OVER (${[partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '', orders.length > 0 ? `ORDER BY ${orders.join(', ')}` : ''].filter(Boolean).join(' ')})`;
  if (kind in rankings) {
    if (orders.length === 0) {
      throw new TsqlError(4112, 15, `The function '${kind.toUpperCase()}' must have an OVER clause with ORDER BY.`);
    }

    return { sql: `${rankings[kind]}() ${over}`, type: { kind: 'bigint' }, nullable: false };
  }

  if (kind === 'function' && call.name.toUpperCase() === 'COUNT_BIG' && 'star' in (call.args[0] ?? {}) && orders.length === 0) {
    return { sql: `count(*) ${over}`, type: { kind: 'bigint' }, nullable: false };
  }

  throw notHonoured(`the window function ${kind}`);
}


