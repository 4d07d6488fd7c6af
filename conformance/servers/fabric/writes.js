// Statements that write: tables are made, filled by a query and dropped in the schemas where that is allowed; elsewhere the database is read-only.
import { TsqlError, fromEngine, notHonoured } from './tsql/errors.js';
import { kindOf } from './tsql/parse.js';
import { translate } from './tsql/translate.js';
import { convert, display, parseTypeNode } from './tsql/typing.js';

export const isWrite = (tree) => ['create_table', 'insert', 'drop_table'].includes(kindOf(tree)[0]);

/** Runs one. @returns the number of rows written */
export async function write(tree, { catalog, session, onConnection }) {
  const [kind, it] = kindOf(tree);
  const database = session.database;
  const target = targetOf(kind === 'create_table' ? it.name : kind === 'insert' ? it.table : it.names[0], database);
  const table = database.tables.get(`${target.schema}\0${target.name}`);
  switch (kind) {
    case 'create_table': {
      if (it.as_select || it.constraints?.length > 0 || it.columns.length === 0) {
        throw notHonoured('this form of CREATE TABLE');
      }

      if (table) {
        throw new TsqlError(2714, 16, `There is already an object named '${target.name}' in the database.`);
      }

      const columns = it.columns.map((column) => ({ name: column.name.name, type: display(parseTypeNode(column.data_type, database.collation)) }));
      await catalog.createTable({ database: database.name, schema: target.schema, name: target.name, columns, rows: [] });
      return 0;
    }
    case 'insert': {
      if (!table) {
        throw new TsqlError(208, 16, `Invalid object name '${target.schema}.${target.name}'.`);
      }

      if (!it.query) {
        throw notHonoured('INSERT of anything but a query');
      }

      const query = translate(it.query, { catalog, database, session });
      const places = it.columns.map((column) => table.columns.findIndex((other) => other.name === column.name));
      if (places.includes(-1) || places.length !== query.columns.length) {
        throw new TsqlError(207, 16, 'Invalid column name in the list of INSERT.');
      }

      const outputs = places.map((place, i) => convert({ sql: `q.o${i}`, type: query.columns[i].type, nullable: true }, table.columns[place].type, { isImplicit: true }).sql);
      const connection = await catalog.connect();
      onConnection(connection);
      try {
        const answer = await connection.runAndReadAll(`INSERT INTO ${table.engineName} (${places.map((place) => `c${place}`).join(', ')}) SELECT ${outputs.join(', ')} FROM (${query.sql}) AS q`);
        const count = answer.getRows()[0][0];
        table.rows += count;
        return Number(count);
      } catch (failure) {
        throw fromEngine(failure);
      } finally {
        onConnection(undefined);
        connection.disconnectSync();
      }
    }
    default: {
      if (it.names.length !== 1) {
        throw notHonoured('DROP TABLE of several tables');
      }

      if (!table) {
        if (it.if_exists) {
          return 0;
        }

        throw new TsqlError(3701, 11, `Cannot drop the table '${target.schema}.${target.name}', because it does not exist or you do not have permission.`);
      }

      await catalog.dropTable(database, table);
      return 0;
    }
  }
}

function targetOf(node, database) {
  const schema = node.schema?.name ?? 'dbo';
  if (node.catalog || !database.scratch.has(schema)) {
    throw new TsqlError(3906, 16, 'Failed to update database because the database is read-only.');
  }

  return { schema, name: node.name.name };
}
