// Google's ZetaSQL as the engine behind the protocol: it analyses and evaluates GoogleSQL. Nothing is answered by other means.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import path from 'node:path';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import * as types from './types.js';
import * as values from './values.js';
import { ApiError } from './errors.js';

const require = createRequire(import.meta.url);
const home = path.join(path.dirname(require.resolve('@fivetrandevelopers/zetasql/package.json')), 'lib', 'zetasql');
const mostCells = 4_000_000;

// The evaluator is ours to trust, and its parse trees are as deep as a statement is: a hundred levels, the default, are not enough for conditions within conditions.
const protobuf = createRequire(require.resolve('@grpc/proto-loader'))('protobufjs');
protobuf.util.recursionLimit = protobuf.Reader.recursionLimit = 2_000;

class Engine {
  /** Starts the evaluator as a process of its own; it ends with this one. */
  static async start() {
    const binary = path.join(home, process.arch === 'arm64' ? 'remote_server_arm.so' : 'remote_server.so');
    if (process.platform !== 'linux') {
      throw new Error('The GoogleSQL evaluator of this server runs on Linux only.');
    }

    fs.chmodSync(binary, 0o755);
    const port = await freePort();
    const child = spawn(binary, ['127.0.0.1', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    await new Promise((resolve, reject) => {
      const hear = chunk => { said += chunk; if (said.includes('listening')) { resolve(); } };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', reject);
      child.once('exit', code => reject(new Error(`The GoogleSQL evaluator ended with ${code}: ${said}`)));
    });
    const definition = loader.loadSync('local_service.proto', { defaults: false, oneofs: true, longs: String, enums: String, includeDirs: [path.join(home, 'protos')] });
    const Service = grpc.loadPackageDefinition(definition).zetasql.local_service.ZetaSqlLocalService;
    const client = new Service(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
    const engine = new Engine(child, client);
    engine.language = {
      ...await engine.call('getLanguageOptions', { maximumFeatures: true }),
      productMode: 'PRODUCT_EXTERNAL',
      supportedStatementKinds: ['RESOLVED_QUERY_STMT'],
    };
    return engine;
  }

  constructor(child, client) {
    this.child = child;
    this.client = client;
    this.registered = new Map();
    process.once('exit', () => child.kill());
  }

  stop() {
    this.client.close();
    this.child.kill();
  }

  call(method, request) {
    return new Promise((resolve, reject) => this.client[method](request, (error, answer) => error ? reject(error) : resolve(answer)));
  }

  /**
   * Analyses one SELECT.
   * @param sql the statement
   * @param resolve gives the table for a path of names, or null where it is none of the stored ones; throws where it is missing
   * @param parameters [{name?, type, value}]
   */
  async analyze(sql, resolve, parameters) {
    const parsed = await this.refuse(() => this.call('parse', { sqlStatement: sql, options: this.language }));
    const uses = tableUses(parsed, resolve);
    const tables = [...new Set(uses.map(use => use.table))];
    const { text, originOf } = rewrite(sql, [...uses.map(use => ({ ...use, text: named(use) })), ...positions(parsed)]);
    parameters = parameters.map((parameter, i) => ({ ...parameter, name: parameter.name ?? `position_${i + 1}` }));
    const answer = await this.refuse(() => this.call('analyze', {
      options: { ...this.options(parameters), pruneUnusedColumns: true },
      simpleCatalog: this.catalog(tables),
      sqlStatement: text,
    }), originOf);
    const query = answer.resolvedStatement.resolvedQueryStmtNode;
    return { sql, text, originOf, tables, parameters, columns: outputs(query.outputColumnList ?? []), scanned: scanned(query, tables) };
  }

  /** Evaluates what was analysed. @returns rows, each an array of values. */
  async evaluate(analysis) {
    for (const table of analysis.tables) {
      const collated = table.columns.find(column => column.collation);
      if (collated && analysis.scanned.get(table)?.has(collated.name) && !isPlainRead(analysis)) {
        throw new types.Unsupported(`anything but a plain SELECT of column ${collated.name}, which has the collation ${collated.collation}`);
      }
    }

    const cells = analysis.tables.reduce((sum, table) => sum + table.rows.length * table.columns.length, 0);
    if (cells > mostCells) {
      throw new types.Unsupported(`a query over ${cells} stored values; ${mostCells} are the limit of its evaluator`);
    }

    const id = await this.register(analysis.tables);
    const answer = await this.refuse(() => this.call('evaluateQuery', {
      sql: analysis.text,
      options: this.options(analysis.parameters),
      registeredCatalogId: id,
      params: analysis.parameters.map(parameter => ({ name: parameter.name, value: values.toProto(parameter.value, parameter.type) })),
    }), analysis.originOf);
    return (answer.content?.tableData?.row ?? []).map(row => analysis.columns.map((column, i) => values.fromProto(row.cell?.[i], column.type)));
  }

  options(parameters) {
    return {
      languageOptions: this.language,
      errorMessageMode: 'ERROR_MESSAGE_ONE_LINE',
      defaultTimezone: 'UTC',
      parameterMode: 'PARAMETER_NAMED',
      queryParameters: parameters.map(parameter => ({ name: parameter.name, type: types.toProto(parameter.type) })),
    };
  }

  // Contents can be given to tables at the root only, so there they stand, by number.
  catalog(tables) {
    return {
      name: 'root',
      builtinFunctionOptions: { languageOptions: this.language },
      table: tables.map(one => ({ name: rootName(one), serializationId: one.number, column: one.columns.map(column => ({ name: column.name, type: types.toProto(column.type) })) })),
    };
  }

  // A catalogue is sent once for each state of its tables.
  async register(tables) {
    const key = tables.map(table => `${table.number}.${table.version}`).sort().join(' ');
    if (!this.registered.has(key)) {
      if (this.registered.size >= 32) {
        const [oldest, id] = this.registered.entries().next().value;
        this.registered.delete(oldest);
        await this.call('unregisterCatalog', { registeredId: id });
      }

      const tableContent = Object.fromEntries(tables.map(table => [rootName(table), {
        tableData: { row: table.rows.map(row => ({ cell: row.map((value, i) => values.toProto(value, table.columns[i].type)) })) },
      }]));
      this.registered.set(key, (await this.call('registerCatalog', { simpleCatalog: this.catalog(tables), tableContent })).registeredId);
    }

    return this.registered.get(key);
  }

  // ZetaSQL's words, with the place as BigQuery writes it.
  async refuse(action, originOf = (place) => place) {
    try {
      return await action();
    } catch (error) {
      if (error.code === grpc.status.INVALID_ARGUMENT || error.code === grpc.status.OUT_OF_RANGE) {
        throw new ApiError(400, 'invalidQuery', error.details.replace(/ \[at (\d+:\d+)\]$/, (_, place) => ` at [${originOf(place)}]`), { location: 'q', locationType: 'parameter' });
      }

      if (error.code === grpc.status.UNIMPLEMENTED) {
        throw new types.Unsupported(`this (${error.details})`);
      }

      throw error;
    }
  }
}

const rootName = table => `table_${table.number}`;

// Where the statement names stored tables: common tables and paths into arrays are none.
function tableUses(parsed, resolve) {
  const common = new Set();
  const paths = [];
  const walk = node => {
    if (!node || typeof node !== 'object' || Buffer.isBuffer(node)) {
      return;
    }

    if (node.withClause) {
      node.withClause.with.forEach(entry => common.add((entry.alias ?? entry.aliasedQuery?.alias).idString.toLowerCase()));
    }

    if (node.astTablePathExpressionNode?.pathExpr) {
      paths.push(node.astTablePathExpressionNode);
    }

    Object.values(node).forEach(walk);
  };
  walk(parsed);
  return paths
    .map(node => ({ node, names: node.pathExpr.names.map(name => name.idString) }))
    .filter(({ names }) => names.length > 1 || !common.has(names[0].toLowerCase()))
    .map(({ node, names }) => {
      const range = rangeOf(node.pathExpr);
      return { start: range.start ?? 0, end: range.end, hasAlias: Boolean(node.alias), alias: names.at(-1).split('.').at(-1), table: resolve(names) };
    })
    .filter(use => use.table);
}

const named = use => `${rootName(use.table)}${use.hasAlias ? '' : ` AS \`${use.alias.replace(/[\\`]/g, '\\$&')}\``}`;

// The evaluator takes parameters by name only.
function positions(parsed) {
  const found = [];
  const walk = node => {
    if (!node || typeof node !== 'object' || Buffer.isBuffer(node)) {
      return;
    }

    const parameter = node.astParameterExprNode;
    if (parameter && !parameter.name) {
      const range = rangeOf(parameter);
      found.push({ start: range.start ?? 0, end: range.end, text: `@position_${parameter.position}` });
    }

    Object.values(node).forEach(walk);
  };
  walk(parsed);
  return found;
}

const rangeOf = node => node.parseLocationRange ?? rangeOf(node.parent);

// The statement with its tables named as the catalogue has them, and the way back for places in messages.
function rewrite(sql, replacements) {
  const bytes = Buffer.from(sql);
  const pieces = [];
  const shifts = [];
  let place = 0;
  let length = 0;
  const add = piece => { pieces.push(piece); length += piece.length; };
  for (const one of [...replacements].sort((a, b) => a.start - b.start)) {
    add(bytes.subarray(place, one.start));
    const start = length;
    add(Buffer.from(one.text));
    shifts.push({ start, end: length, origin: one.start, after: one.end });
    place = one.end;
  }

  add(bytes.subarray(place));
  const text = Buffer.concat(pieces).toString();
  const originOf = where => {
    const [line, column] = where.split(':').map(Number);
    const lineStart = text.split('\n').slice(0, line - 1).reduce((sum, one) => sum + Buffer.byteLength(one) + 1, 0);
    const offset = lineStart + column - 1;
    const last = shifts.filter(shift => shift.start <= offset).at(-1);
    const origin = !last ? offset : offset < last.end ? last.origin : last.after + offset - last.end;
    const before = bytes.subarray(0, origin).toString().split('\n');
    return `${before.length}:${before.at(-1).length + 1}`;
  };
  return { text, originOf };
}

// BigQuery names unnamed columns f0_, f1_, … and refuses a name that comes twice.
function outputs(list) {
  const seen = new Set();
  return list.map((output, i) => {
    const name = /^\$col\d+$/.test(output.name) || !output.name ? `f${i}_` : output.name;
    if (seen.has(name.toLowerCase())) {
      throw new ApiError(400, 'invalidQuery', `Duplicate column names in the result are not supported when a destination table is present. Found duplicate(s): ${name}`);
    }

    if (!types.columnName.test(name)) {
      throw new ApiError(400, 'invalidQuery', `Invalid field name "${name}".`);
    }

    seen.add(name.toLowerCase());
    return { name, type: types.fromProto(output.column.type) };
  });
}

// The columns of each table that the statement reads, which is what BigQuery bills.
function scanned(query, tables) {
  const read = new Map(tables.map(table => [table, new Set()]));
  const walk = node => {
    if (!node || typeof node !== 'object' || Buffer.isBuffer(node)) {
      return;
    }

    const scan = node.resolvedTableScanNode;
    if (scan) {
      const table = tables.find(one => String(one.number) === String(scan.table.serializationId));
      (scan.columnIndexList ?? []).forEach(index => read.get(table)?.add(table.columns[Number(index)].name));
    }

    Object.values(node).forEach(walk);
  };
  walk(query);
  return read;
}

// A collation changes what comparisons mean, and the evaluator's tables have none.
const isPlainRead = analysis => /^\s*SELECT\s+[^()]*\bFROM\b(?!.*\b(WHERE|GROUP|ORDER|JOIN|DISTINCT|UNION|INTERSECT|EXCEPT|OVER)\b)/is.test(analysis.sql) && !/\bDISTINCT\b/i.test(analysis.sql);

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
    probe.once('error', reject);
  });
}

export { Engine };
