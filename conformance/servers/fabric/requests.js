// What a client asks for after its login: batches, remote procedure calls, transactions.
import { PacketType, ProtocolError } from './tds/packets.js';
import { readBatch, readCall, readTransaction } from './tds/requests.js';
import * as tokens from './tds/tokens.js';
import { ValueWriter, collationBytes } from './tds/types.js';
import { TsqlError, fromEngine, notHonoured } from './tsql/errors.js';
import { bind, kindOf, parse } from './tsql/parse.js';
import { translate } from './tsql/translate.js';
import { isWrite, write } from './writes.js';

const { Done, EnvChange } = tokens;
const int = { kind: 'int' };

export class Requests {
  #server;
  #session;
  #prepared = new Map();
  #nextHandle = 1;

  constructor(server, session) {
    this.#server = server;
    this.#session = session;
  }

  /** A request, ready to run: { text, run(response, faults), cancel() }. */
  read(type, payload) {
    switch (type) {
      case PacketType.batch: {
        const text = readBatch(payload);
        return this.#request(text, (run, response) => run.batch(text, response, false));
      }
      case PacketType.rpc: {
        const call = readCall(payload);
        return this.#request(this.#textOf(call), (run, response) => this.#call(call, run, response));
      }
      case PacketType.transaction: {
        const kind = readTransaction(payload);
        return this.#request('', (_run, response) => this.#transaction(kind, response));
      }
      default: throw new ProtocolError(`Messages of type 0x${type.toString(16)} are not taken.`);
    }
  }

  #request(text, action) {
    const run = new Run(this.#server, this.#session);
    return {
      text,
      cancel: () => run.cancel(),
      run: async (response, faults, connection) => {
        run.faults = faults;
        run.connection = connection;
        try {
          await action(run, response);
        } finally {
          run.end();
        }
      },
    };
  }

  #textOf({ procedure, parameters }) {
    switch (procedure) {
      case 'sp_executesql': return String(parameters[0]?.value ?? '');
      case 'sp_prepexec': return String(parameters[2]?.value ?? '');
      case 'sp_execute': return this.#prepared.get(Number(parameters[0]?.value ?? 0))?.text ?? '';
      default: return '';
    }
  }

  async #call({ procedure, parameters }, run, response) {
    switch (procedure) {
      case 'sp_executesql': {
        const [statement, declarations, ...values] = parameters;
        await run.batch(statement.value, response, true, withNames(declarations?.value, values));
        return;
      }
      case 'sp_prepare': case 'sp_prepexec': {
        const [, declarations, statement, ...values] = parameters;
        const handle = this.#nextHandle++;
        this.#prepared.set(handle, { text: statement.value, declarations: declarations.value });
        const value = new ValueWriter();
        value.value(int, handle);
        const returned = tokens.returnValue(0, parameters[0].name, int, value.take());
        if (procedure === 'sp_prepexec') {
          await run.batch(statement.value, response, true, withNames(declarations.value, values), returned);
          return;
        }

        await response.write(Buffer.concat([tokens.returnStatus(0), returned, tokens.doneProc(Done.final)]));
        return;
      }
      case 'sp_execute': {
        const [handle, ...values] = parameters;
        const prepared = this.#prepared.get(Number(handle.value));
        if (!prepared) {
          await run.fail(new TsqlError(8179, 16, `Could not find prepared statement with handle ${handle.value}.`), response, true);
          return;
        }

        await run.batch(prepared.text, response, true, withNames(prepared.declarations, values));
        return;
      }
      case 'sp_unprepare':
        this.#prepared.delete(Number(parameters[0]?.value ?? 0));
        await response.write(Buffer.concat([tokens.returnStatus(0), tokens.doneProc(Done.final)]));
        return;
      default:
        await run.fail(new TsqlError(2812, 16, `Could not find stored procedure '${procedure}'.`), response, true);
    }
  }

  async #transaction(kind, response) {
    const id = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
    const none = Buffer.alloc(0);
    switch (kind) {
      case 5: await response.write(Buffer.concat([tokens.envChangeBytes(EnvChange.beginTransaction, id, none), tokens.done(Done.final)])); return;
      case 7: await response.write(Buffer.concat([tokens.envChangeBytes(EnvChange.commit, none, id), tokens.done(Done.final)])); return;
      case 8: await response.write(Buffer.concat([tokens.envChangeBytes(EnvChange.rollback, none, id), tokens.done(Done.final)])); return;
      default: await response.write(Buffer.concat([tokens.error({ number: 24559, text: 'Savepoints are not supported.' }), tokens.done(Done.error)]));
    }
  }
}

// Values that come without names have those of the declarations, in order.
function withNames(declarations, values) {
  const declared = [...String(declarations ?? '').matchAll(/@[\w#$@]+(?=\s)/g)].map(([name]) => name);
  return values.map((value, i) => ({ ...value, name: value.name || declared[i] || '' }));
}

/** One request while it runs. */
class Run {
  #server;
  #session;
  #connection;
  #cancelled = false;
  #interrupting;
  #ended = false;
  faults = [];

  constructor(server, session) {
    this.#server = server;
    this.#session = session;
  }

  cancel() {
    if (this.#ended) {
      return;
    }

    this.#cancelled = true;
    // The engine takes an interrupt only once it runs.
    this.#interrupting ??= setInterval(() => this.#connection?.interrupt(), 10);
    this.#connection?.interrupt();
  }

  end() {
    this.#ended = true;
    clearInterval(this.#interrupting);
  }

  #fault(kind) {
    return this.faults.find((fault) => fault.kind === kind);
  }

  async fail(failure, response, isCall) {
    await response.write(tokens.error({ number: failure.number, severity: failure.severity, state: failure.state, text: failure.message }));
    await response.write(isCall ? Buffer.concat([tokens.doneInProc(Done.more | Done.error), tokens.returnStatus(failure.number), tokens.doneProc(Done.error)]) : tokens.done(Done.error));
    if (failure.severity >= 20) {
      await response.end();
      this.connection.close();
    }
  }

  async batch(text, response, isCall, parameters = [], returned = Buffer.alloc(0)) {
    try {
      const fault = this.#fault('error') ?? this.#fault('throttle') ?? this.#fault('expire');
      if (fault && !fault.afterRows) {
        throw new TsqlError(fault.number ?? 24801, fault.severity ?? 16, fault.text ?? 'Your organization has exceeded the limits of its capacity. Try again later.');
      }

      const canned = this.#server.canned(text);
      if (canned) {
        this.#server.log('query', { statement: text, canned: true });
        await this.#canned(canned, response, isCall, returned);
        return;
      }

      const trees = statements(bind(text, parameters));
      for (const [i, tree] of trees.entries()) {
        const isLast = i === trees.length - 1;
        await this.#statement(tree, response, isCall, !isLast, text);
      }

      if (isCall) {
        await response.write(Buffer.concat([tokens.returnStatus(0), returned, tokens.doneProc(Done.final)]));
      } else if (trees.length === 0) {
        await response.write(tokens.done(Done.final));
      }
    } catch (failure) {
      if (this.#cancelled) {
        await response.write(isCall ? tokens.doneProc(Done.final) : tokens.done(Done.final));
        return;
      }

      if (!(failure instanceof TsqlError)) {
        throw failure;
      }

      if (failure.isDefect) {
        this.#server.defect(failure);
      }

      this.#server.log('error', { statement: text, number: failure.number, text: failure.message });
      await this.fail(failure, response, isCall);
    }
  }

  async #statement(tree, response, isCall, isFollowed, text) {
    const ended = (count, hasCount) => {
      const status = (isFollowed || isCall ? Done.more : 0) | (hasCount ? Done.count : 0);
      return isCall ? tokens.doneInProc(status, count) : tokens.done(status, count);
    };
    if (tree.set) {
      await response.write(ended(0, false));
      return;
    }

    if (tree.use !== undefined) {
      const database = this.#server.catalog.find(tree.use);
      if (!database) {
        throw new TsqlError(911, 16, `Database '${tree.use}' does not exist. Make sure that the name is entered correctly.`);
      }

      const before = this.#session.database.name;
      this.#session.database = database;
      await response.write(Buffer.concat([
        tokens.envChangeText(EnvChange.database, database.name, before),
        tokens.envChangeBytes(EnvChange.collation, collationBytes[database.collation], Buffer.alloc(0)),
        tokens.info({ number: 5701, state: 2, text: `Changed database context to '${database.name}'.` }),
        ended(0, false),
      ]));
      return;
    }

    if (isWrite(tree)) {
      this.#server.log('write', { statement: text, user: this.#session.login, application: this.#session.application });
      const count = await write(tree, { catalog: this.#server.catalog, session: this.#session, onConnection: (connection) => { this.#connection = connection; } });
      await response.write(ended(count, kindOf(tree)[0] === 'insert'));
      return;
    }

    const query = translate(tree, { catalog: this.#server.catalog, database: this.#session.database, session: this.#session });
    this.#server.log('query', { statement: text, label: query.label, user: this.#session.login, application: this.#session.application });
    if (this.#cancelled) {
      throw new TsqlError(0, 11, 'cancelled');
    }

    this.#connection = await this.#server.catalog.connect();
    try {
      let stream;
      try {
        stream = await this.#connection.stream(query.sql);
      } catch (failure) {
        throw fromEngine(failure);
      }

      await this.#rows(stream, query.columns, response, ended);
    } finally {
      this.#connection.disconnectSync();
      this.#connection = undefined;
    }
  }

  async #rows(stream, columns, response, ended) {
    await response.write(tokens.info({ number: 0, text: `Statement ID: {${this.#server.nextStatementId()}}` }));
    await response.write(tokens.colMetadata(columns));
    const writer = new ValueWriter();
    const bitmapBytes = Math.ceil(columns.length / 8);
    const slow = this.#fault('slowRows');
    const afterRows = this.faults.find((fault) => fault.kind === 'error' && fault.afterRows);
    let count = 0;
    for (;;) {
      let rows;
      try {
        const chunk = await stream.fetchChunk();
        if (!chunk || chunk.rowCount === 0) {
          break;
        }

        rows = chunk.getRows();
      } catch (failure) {
        throw fromEngine(failure);
      }

      for (const row of rows) {
        if (this.#cancelled) {
          throw new TsqlError(0, 11, 'cancelled');
        }

        if (afterRows && count === afterRows.afterRows) {
          await response.write(writer.take());
          throw new TsqlError(afterRows.number ?? 24801, afterRows.severity ?? 16, afterRows.text ?? 'The statement failed after rows.');
        }

        if (row.includes(null)) {
          writer.byte(tokens.nbcRowToken);
          const bitmap = Buffer.alloc(bitmapBytes);
          row.forEach((value, i) => {
            if (value === null) {
              bitmap[i >> 3] |= 1 << (i & 7);
            }
          });
          writer.raw(bitmap);
          row.forEach((value, i) => value !== null && writer.cell(columns[i], value));
        } else {
          writer.byte(tokens.rowToken);
          row.forEach((value, i) => writer.cell(columns[i], value));
        }

        count++;
        if (writer.length > 1 << 16 || slow) {
          await response.write(writer.take());
          if (slow) {
            await this.#server.sleep(slow.ms ?? 10);
          }
        }
      }
    }

    await response.write(writer.take());
    if (this.#fault('badToken')) {
      await response.write(Buffer.from([0x13, 0x37]));
    }

    if (this.#fault('errorBit')) {
      await response.write(tokens.done(Done.error));
      return;
    }

    const lie = this.#fault('lieRows');
    await response.write(ended(lie ? count + (lie.add ?? 1) : count, true));
  }

  async #canned({ columns, rows, count }, response, isCall, returned) {
    await response.write(tokens.colMetadata(columns));
    for (let at = 0; at < rows.length && !this.#cancelled; at += 1 << 18) {
      await response.write(rows.subarray(at, at + (1 << 18)));
    }

    await response.write(isCall
      ? Buffer.concat([tokens.doneInProc(Done.more | Done.count, count), tokens.returnStatus(0), returned, tokens.doneProc(Done.final)])
      : tokens.done(Done.count, count));
  }
}

// Settings of the session change nothing here: all that a statement may depend on is fixed.
function statements(text) {
  const lines = text.split(/[\r\n;]+/).map((line) => line.trim()).filter((line) => line !== '');
  if (lines.every((line) => /^set\s+\w+/i.test(line) && !/^set\s+(rowcount|fmtonly)\b/i.test(line))) {
    return lines.map(() => ({ set: true }));
  }

  const use = /^\s*use\s+(?:\[((?:[^\]]|\]\])*)\]|(\w+))\s*;?\s*$/i.exec(text);
  if (use) {
    return [{ use: use[1]?.replaceAll(']]', ']') ?? use[2] }];
  }

  const trees = parse(text);
  for (const tree of trees) {
    const [kind] = kindOf(tree);
    if (['update', 'delete', 'merge', 'truncate', 'alter_table'].includes(kind)) {
      throw new TsqlError(3906, 16, 'Failed to update database because the database is read-only.');
    }

    if (!isWrite(tree) && !['select', 'union', 'intersect', 'except', 'subquery', 'paren'].includes(kind)) {
      throw notHonoured(`the statement ${kind}`);
    }
  }

  return trees;
}
