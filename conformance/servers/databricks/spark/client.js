// A client of Spark Connect: runs SQL in a session of its own and gives the result as columns of neutral types (common/duckdb.js).
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { decodeStreams } from '../../common/arrow.js';
import { StatementProblem } from '../problems.js';

const definition = loader.loadSync(fileURLToPath(new URL('./connect.proto', import.meta.url)), { keepCase: true, longs: String, enums: Number, defaults: true, oneofs: true });
const { SparkConnectService } = grpc.loadPackageDefinition(definition).spark.connect;
const largest = 128 * 1024 * 1024;

export class SparkClient {
  #service;

  constructor(address) {
    this.#service = new SparkConnectService(address, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': largest, 'grpc.max_send_message_length': largest });
  }

  close() { this.#service.close(); }

  /** A session with these settings. */
  async open(confs) {
    const session = { session_id: randomUUID(), user_context: { user_id: 'servers', user_name: 'servers' } };
    const pairs = Object.entries(confs).map(([key, value]) => ({ key, value }));
    await this.#call('Config', { ...session, operation: { set: { pairs } } });
    return session;
  }

  async release(session) { await this.#call('ReleaseSession', session); }

  /** Runs a command for its effect. */
  async command(session, command) { await this.#execute(session, { command }).result; }

  /** Starts a query: {result: promise of {columns, data, rowCount}, cancel}. */
  query(session, sql) {
    const running = this.#execute(session, { root: { sql: { query: sql } } });
    return { result: running.result.then((streams) => (streams.length > 0 ? decodeStreams(streams) : Promise.reject(new Error('Spark sent no batch.')))), cancel: running.cancel };
  }

  /** The plan with its costs. */
  async explainCost(session, sql) {
    const answer = await this.#call('AnalyzePlan', { ...session, explain: { plan: { root: { sql: { query: sql } } }, explain_mode: 4 } });
    return answer.explain.explain_string;
  }

  #execute(session, plan) {
    const operation = randomUUID();
    const stream = this.#service.ExecutePlan({ ...session, plan, operation_id: operation, client_type: 'servers' });
    const streams = [];
    let parts = [];
    const result = new Promise((resolve, reject) => {
      stream.on('data', ({ response_type: kind, arrow_batch: batch }) => {
        if (kind !== 'arrow_batch') return;
        parts.push(batch.data);
        if (parts.length >= Number(batch.num_chunks_in_batch || 1)) { streams.push(Buffer.concat(parts)); parts = []; }
      });
      // A stream ends before its error is told: only the status says that the result is whole.
      stream.on('error', (error) => this.#explain(session, error).then(reject, reject));
      stream.on('status', ({ code, details }) => { if (code === grpc.status.OK) resolve(streams); else setTimeout(() => reject(new Error(details)), 10_000).unref(); });
    });
    const cancel = () => this.#service.Interrupt({ ...session, interrupt_type: 3, operation_id: operation }, () => {});
    return { result, cancel };
  }

  #call(method, request) {
    return new Promise((resolve, reject) => this.#service[method](request, (error, answer) => (error ? this.#explain(request, error).then(reject, reject) : resolve(answer))));
  }

  // Spark's own class, state and words of an error, which the trailer names and the server holds.
  async #explain(session, error) {
    const details = error.metadata?.get('grpc-status-details-bin')?.[0];
    const text = details ? Buffer.from(details).toString('latin1') : '';
    const id = /errorId[^0-9a-f]*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/.exec(text)?.[1];
    if (!id) return error;
    const answer = await new Promise((resolve) => this.#service.FetchErrorDetails({ session_id: session.session_id, user_context: session.user_context, error_id: id }, (failed, found) => resolve(failed ? undefined : found)));
    // The outermost throwable that has a state: a failed task wraps what went wrong.
    const known = answer?.errors.map((one) => ({ message: one.message, ...one.spark_throwable })).find((one) => one.sql_state && one.error_class !== 'FAILED_EXECUTE_UDF');
    if (!known) return error;
    const message = known.message.replace(/^\[[^\]]*\] /, '').replace(/ ?SQLSTATE: \w{5}[\s\S]*$/, '');
    return new StatementProblem(known.error_class, message, known.sql_state);
  }
}
