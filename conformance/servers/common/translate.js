// SQL of a warehouse into DuckDB's. Parameters must be in the text already: the translator misreads markers such as @p0.
import { transpile } from '@polyglot-sql/sdk';
import { SqlError } from './duckdb.js';

/** @param {string} dialect snowflake, databricks, bigquery, tsql or fabric */
export function toDuckDb(sql, dialect) {
  const answer = transpile(sql, dialect, 'duckdb');
  if (!answer.success) throw new SqlError(`syntax error: ${answer.error}`);
  if (answer.sql.length !== 1) throw new SqlError(`one statement was expected, not ${answer.sql.length}`);
  return answer.sql[0];
}
