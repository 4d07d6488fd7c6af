// A local stand-in for a Fabric Warehouse or SQL analytics endpoint: TDS 7.4 and 8.0 on the frame's port, T-SQL on DuckDB. It is read-only for clients
// but for schemas that the control endpoint names; tables come through the control endpoint. What T-SQL does differently (padding, no boolean values, exact names, 2,100 parameters) it does too, and what
// it cannot do as T-SQL does it refuses.
//
// Faults match the operations prelogin, login, query and attention. Beside the common kinds (drop, delay, truncate, throttle, expire, lieRows):
//   error        {number, severity, text, afterRows}: an error token, after so many rows where that is said
//   errorBit     the last token says that there was an error, and no error was sent
//   badToken     a token that does not exist, behind the rows
//   garbage      {hex} instead of an answer
//   hang         no answer
//   slowRows     {ms} between rows
//   ignoreAttention
// A canned result is {statement, columns: [{name, type}], rows: [[...]], times}.
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { Catalog } from './catalog.js';
import { Connection } from './tds/connection.js';
import { Encryption } from './tds/prelogin.js';
import { ValueWriter } from './tds/types.js';
import { nbcRowToken, rowToken } from './tds/tokens.js';
import { TsqlError } from './tsql/errors.js';
import { parseTypeName } from './tsql/typing.js';

const audience = /^https:\/\/database\.windows\.net\/?$/;

export async function create(frame) {
  const server = new FabricServer(frame, await Catalog.open(frame.options.threads));
  return {
    ready: { user: server.logins.keys().next().value },
    faultKinds: ['error', 'hang', 'garbage', 'slowRows', 'badToken', 'errorBit', 'ignoreAttention'],
    handle: (exchange) => exchange.send({ status: 404, body: { error: 'This server speaks TDS; only /__control/ is HTTP.' } }),
    createTable: (table) => server.catalog.createTable(table),
    canned: (entry) => prepareCanned(entry),
    connection: (socket) => server.accept(socket, (connection) => connection.startPlain()),
    tls: (socket) => server.accept(socket, (connection) => connection.startStrict({ key: frame.key, certificate: frame.certificate })),
    control: (request) => server.control(request),
    reset: (asked) => server.reset(asked),
    close: () => server.close(),
  };
}

class FabricServer {
  #connections = new Set();
  #counts = { logins: 0, resets: 0, attentions: 0, defects: 0 };

  constructor(frame, catalog) {
    this.frame = frame;
    this.catalog = catalog;
    this.certificate = frame.certificate;
    this.key = frame.key;
    this.sleep = sleep;
    this.#defaults();
    this.catalog.database('wh', 'BIN2');
  }

  #defaults() {
    this.logins = new Map([['reader', 'Reader-of-wh-1']]);
    this.permissions = ['CONNECT', 'SELECT'];
    this.fragment = 0;
    this.encryption = undefined;
  }

  accept(socket, start) {
    const connection = new Connection(this, socket);
    this.#connections.add(connection);
    socket.on('close', () => this.#connections.delete(connection));
    start(connection);
  }

  /** What this server answers to a client's wish for encryption: none only where the client has none. */
  encryptionFor(asked) {
    return this.encryption ?? (asked === Encryption.notSupported ? Encryption.notSupported : asked === Encryption.off ? Encryption.required : Encryption.on);
  }

  /** The name of who logs in. */
  authenticate(login, token) {
    if (token !== undefined) {
      const refuse = (why) => new TsqlError(18456, 14, `Login failed for user '<token-identified principal>'. ${why}`);
      const parts = token.split('.');
      let claims;
      try {
        claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString('utf8'));
      } catch {
        throw refuse('The token is no JWT.');
      }

      if (!audience.test(claims.aud ?? '')) {
        throw refuse('The token is for another audience.');
      }

      if (!(claims.exp * 1000 > Date.now())) {
        throw refuse('Token is expired.');
      }

      return claims.appid ?? claims.sub ?? 'application';
    }

    if (login.integrated || !this.logins.has(login.user) || this.logins.get(login.user) !== login.password) {
      throw new TsqlError(18456, 14, `Login failed for user '${login.user}'.`);
    }

    return login.user;
  }

  databaseFor(login) {
    const database = this.catalog.find(login.database || 'wh');
    if (!database) {
      throw new TsqlError(4060, 11, `Cannot open database "${login.database}" requested by the login. The login failed.`);
    }

    return database;
  }

  faults({ operation, text }) {
    return this.frame.faults.take({ method: '', path: '', operation, text: () => text });
  }

  canned(text) {
    // The label of a statement is not part of it.
    return this.frame.canned.get(text.replace(/\s*OPTION \(LABEL = '[^']*'\)\s*$/, '').trim());
  }

  log(operation, notes) {
    this.frame.log.addOther(operation, notes);
  }

  count(name) {
    this.#counts[name]++;
  }

  defect(failure) {
    this.#counts.defects++;
    console.error(failure);
  }

  nextStatementId() {
    return randomUUID().toUpperCase();
  }

  /** {counts}; sets logins, permissions, fragment, encryption; {database: {name, collation}}; {deny: {database, schema, name}}; {scratch: {database, schema}}; {disconnect: true}. */
  control(request) {
    if (request.logins) {
      this.logins = new Map(Object.entries(request.logins));
    }

    this.permissions = request.permissions ?? this.permissions;
    this.fragment = request.fragment ?? this.fragment;
    this.encryption = 'encryption' in request ? request.encryption ?? undefined : this.encryption;
    if (request.database) {
      this.catalog.database(request.database.name, request.database.collation);
    }

    if (request.deny) {
      this.catalog.database(request.deny.database ?? 'wh').denied.add(`${request.deny.schema ?? 'dbo'}.${request.deny.name}`);
    }

    if (request.scratch) {
      this.catalog.database(request.scratch.database ?? 'wh').scratch.add(request.scratch.schema);
    }

    if (request.disconnect) {
      for (const connection of this.#connections) {
        connection.close();
      }
    }

    return { ...this.#counts, connections: this.#connections.size };
  }

  reset(asked) {
    this.#defaults();
    this.#counts = { logins: 0, resets: 0, attentions: 0, defects: 0 };
    if (asked.tables) {
      this.catalog.clear();
      this.catalog.database('wh', 'BIN2');
    }
  }

  close() {
    for (const connection of this.#connections) {
      connection.close();
    }

    this.catalog.close();
  }
}

/** { columns: [{name, type}], rows: [[…]] repeated `times`: encoded once, so that a benchmark measures its clients. */
function prepareCanned({ columns, rows, times = 1 }) {
  const types = columns.map((column) => ({ name: column.name, type: parseTypeName(column.type), nullable: true }));
  const writer = new ValueWriter();
  for (const row of rows) {
    if (row.includes(null)) {
      const bitmap = Buffer.alloc(Math.ceil(types.length / 8));
      row.forEach((value, i) => value === null && (bitmap[i >> 3] |= 1 << (i & 7)));
      writer.byte(nbcRowToken);
      writer.raw(bitmap);
    } else {
      writer.byte(rowToken);
    }

    row.forEach((value, i) => value !== null && writer.value(types[i].type, native(types[i].type, value)));
  }

  const one = writer.take();
  return { columns: types, rows: Buffer.concat(Array.from({ length: times }, () => one)), count: rows.length * times };
}

function native(type, value) {
  switch (type.kind) {
    case 'decimal': {
      const [whole, part = ''] = String(value).split('.');
      return { value: BigInt(whole + part.padEnd(type.scale, '0')), scale: type.scale };
    }
    case 'date': return { days: Math.floor(Date.parse(`${value}T00:00:00Z`) / 86400000) };
    case 'datetime2': {
      const [clock, part = ''] = String(value).replace(' ', 'T').split('.');
      return { micros: BigInt(Date.parse(`${clock}Z`)) * 1000n + BigInt(part.padEnd(6, '0').slice(0, 6)) };
    }
    case 'varbinary': return Buffer.from(value, 'hex');
    default: return value;
  }
}
