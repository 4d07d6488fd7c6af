// Snowflake: the SQL API v2 and the drivers' protocol, over one database.
//
// Controls of its own (POST /__control/vendor):
//   {"user": {"name", "password", "publicKey", "roles"}}       somebody who may log in
//   {"token": {"type": "OAUTH"|"PROGRAMMATIC_ACCESS_TOKEN", "value", "user", "expired"}}
//   {"revoke": [database, schema, table]}, {"grant": [...]}     whether statements may read a table
//   {"allow": [role, database, schema, table, privilege]}     what OBJECT_PRIVILEGES shows; it stays, and permits nothing
//   {"scratch": [database, schema]}                             tables may be made, filled and dropped there
//   {"suspended": true}                                        the warehouse does not run
//   {"statementMs": n}                                         how long every statement takes at least
//   {"synchronousMs": n}                                       how long a synchronous request waits (45,000)
// Faults of its own: expire (the token, the session or the address of a chunk), lieRows.
// Canned results: {statement, rowType: [...], partitions: [[row, ...], ...], repeat}.
import { DuckDbEngine } from '../common/duckdb.js';
import { Accounts, defaults } from './auth.js';
import { Catalog } from './catalog.js';
import { DriverProtocol } from './driver.js';
import { cannedResult } from './results.js';
import { SqlApi } from './sqlapi.js';
import { Statements } from './statements.js';

const standard = { suspended: false, statementMs: 0, synchronousMs: 45_000 };

export async function create(frame) {
  const engine = await DuckDbEngine.open();
  const catalog = new Catalog(engine);
  const accounts = new Accounts(typeof frame.options.account === 'string' ? frame.options.account : undefined);
  const settings = { ...standard };
  const shared = { frame, accounts, statements: new Statements(engine, catalog), settings };
  const sqlApi = new SqlApi(shared);
  const driver = new DriverProtocol(shared);

  return {
    ready: defaults,
    operation: (exchange) => SqlApi.operation(exchange) ?? DriverProtocol.operation(exchange) ?? 'unknown',
    async handle(exchange) {
      if (SqlApi.operation(exchange)) await sqlApi.handle(exchange);
      else if (DriverProtocol.operation(exchange)) await driver.handle(exchange);
      else exchange.send({ status: 404, body: { code: '390404', message: 'There is no such endpoint.' } });
    },
    reject: (exchange, fault) => ({
      body: fault.kind === 'throttle' ? { code: '390505', message: 'Too many requests.' } : { code: '000603', message: 'SQL execution internal error' },
    }),
    createTable: (table) => catalog.createTable(table),
    canned: cannedResult,
    control(command) {
      if (command.user) accounts.addUser(command.user);
      else if (command.token) accounts.addToken(command.token);
      else if (command.revoke) catalog.revoked.add(Catalog.key(...command.revoke));
      else if (command.allow) return catalog.allow(...command.allow);
      else if (command.scratch) catalog.writable.add(JSON.stringify(command.scratch));
      else if (command.grant) catalog.revoked.delete(Catalog.key(...command.grant));
      else {
        for (const [name, value] of Object.entries(command)) {
          if (!(name in standard)) throw new Error(`There is no control ${name}.`);
          settings[name] = value;
        }
      }
    },
    reset() {
      accounts.clear();
      catalog.revoked.clear();
      catalog.writable.clear();
      Object.assign(settings, standard);
      sqlApi.reset();
      driver.reset();
    },
    close: () => engine.close(),
  };
}
