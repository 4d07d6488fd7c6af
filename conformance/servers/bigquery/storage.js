// The Storage Read API over gRPC: sessions over stored tables and over results of jobs, in Arrow.
import crypto from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import loader from '@grpc/proto-loader';
import * as arrow from './arrow.js';
import { Call, RpcError } from './rpc.js';

const service = 'google.cloud.bigquery.storage.v1.BigQueryRead';
const methods = loader.loadSync(fileURLToPath(new URL('./protos/storage.proto', import.meta.url)), { defaults: true, oneofs: true, longs: String, enums: String })[service];
export const encodeResponse = methods.ReadRows.responseSerialize;
const rowsPerBatch = 1000;

export class Storage {
  constructor(parts) {
    Object.assign(this, parts);
    this.reset();
  }

  reset() { this.streams = new Map(); }

  /** Answers an HTTP/2 request. */
  async serve(request, response) {
    const [, owner, name] = request.url.split('/');
    const method = owner === service ? methods[name] : undefined;
    const call = new Call(request, response, method?.requestDeserialize, method?.responseSerialize);
    try {
      if (!method) throw new RpcError('UNIMPLEMENTED', `There is no method ${request.url}.`);
      const message = await call.read();
      await this.check(call, name, message);
      switch (name) {
        case 'CreateReadSession': await call.write(this.create(message)); break;
        case 'ReadRows': await this.read(call, message); break;
        // A server may always say that a stream cannot be split.
        default: await call.write({});
      }
      call.end();
    } catch (error) {
      if (!(error instanceof RpcError)) console.error(request.url, error);
      if (error.dropped) response.stream.destroy();
      else call.end(error);
    }
  }

  async check(call, operation, message) {
    const place = message.readSession?.table ?? message.readStream ?? message.name;
    this.frame.log.addOther(operation, { place, offset: message.offset, maxStreams: message.maxStreamCount });
    this.met = this.frame.faults.take({ method: 'POST', path: place, operation, text: () => '' });
    for (const fault of this.met.filter((one) => !duringRows.has(one.kind) || operation !== 'ReadRows')) {
      if (fault.kind === 'delay') await sleep(fault.ms ?? 1000);
      else if (fault.kind === 'expire') this.auth.expireAll();
      else if (fault.kind === 'drop') throw Object.assign(new RpcError('UNAVAILABLE', 'dropped'), { dropped: true });
      else if (fault.kind === 'status' || fault.kind === 'throttle') throw new RpcError(fault.code ?? (fault.kind === 'status' ? 'UNAVAILABLE' : 'RESOURCE_EXHAUSTED'), fault.message ?? 'The service is currently unavailable.', fault.retryDelayMs);
      else throw new Error(`A fault of the kind ${fault.kind} cannot happen to ${operation}.`);
    }

    if (!this.auth.isValid(call.headers.authorization)) throw new RpcError('UNAUTHENTICATED', 'Request had invalid authentication credentials.');
    if (!(call.headers['x-goog-request-params'] ?? '').includes('=')) throw new RpcError('INVALID_ARGUMENT', 'The routing header x-goog-request-params is missing.');
    call.during = this.met.filter((one) => duringRows.has(one.kind) && operation === 'ReadRows');
  }

  create({ readSession, maxStreamCount, parent }) {
    if (!/^projects\/[^/]+$/.test(parent)) throw new RpcError('INVALID_ARGUMENT', 'parent has to be projects/{project}.');
    if (readSession.dataFormat !== 'ARROW') throw new RpcError('UNIMPLEMENTED', 'This local server sends ARROW only.');
    const options = readSession.readOptions ?? {};
    if (options.rowRestriction || options.responseCompressionCodec || (options.arrowSerializationOptions?.bufferCompression ?? 'COMPRESSION_UNSPECIFIED') !== 'COMPRESSION_UNSPECIFIED') {
      throw new RpcError('UNIMPLEMENTED', 'This local server takes neither a row restriction nor compression.');
    }

    const found = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(readSession.table);
    if (!found) throw new RpcError('INVALID_ARGUMENT', `'${readSession.table}' is not the name of a table.`);
    const [, project, dataset, name] = found;
    const { schema, batches, totalRows } = this.encoded(project, dataset, name, options.selectedFields ?? []);
    const session = `projects/${project}/locations/${this.store.location.toLowerCase()}/sessions/${crypto.randomUUID()}`;
    const count = Math.min(batches.length, maxStreamCount || 2);
    const streams = Array.from({ length: count }, (_, i) => ({ name: `${session}/streams/${i}`, schema, batches: batches.filter((_batch, b) => b % count === i) }));
    streams.forEach((stream) => this.streams.set(stream.name, stream));
    return {
      name: session,
      expireTime: { seconds: String(Math.floor(Date.now() / 1000) + 6 * 3600) },
      dataFormat: 'ARROW',
      arrowSchema: { serializedSchema: schema },
      table: readSession.table,
      streams: streams.map((stream) => ({ name: stream.name })),
      estimatedRowCount: String(totalRows),
      estimatedTotalBytesScanned: String(batches.reduce((sum, batch) => sum + batch.bytes.length, 0)),
    };
  }

  encoded(project, dataset, name, selected) {
    const job = this.jobs.byDestination(project, dataset, name);
    if (job?.canned) return job.canned.arrow;
    const table = job ?? this.store.find(project, dataset, name);
    if (!table) throw new RpcError('NOT_FOUND', `Not found: Table ${project}:${dataset}.${name}`);
    // The order of the output is the table's, whatever the order of the list.
    const kept = table.columns.map((_, i) => i).filter((i) => selected.length === 0 || selected.includes(table.columns[i].name));
    return { ...arrow.encode(kept.map((i) => table.columns[i]), table.rows.map((row) => kept.map((i) => row[i])), rowsPerBatch), totalRows: table.rows.length };
  }

  async read(call, { readStream, offset }) {
    const stream = this.streams.get(readStream);
    if (!stream) throw new RpcError('NOT_FOUND', 'Not found: the stream, or its session has expired.');
    let skip = Number(offset);
    let isFirst = true;
    let sent = 0;
    for (const batch of stream.batches) {
      if (skip >= batch.rows) {
        skip -= batch.rows;
        continue;
      }

      if (skip > 0) throw new RpcError('UNIMPLEMENTED', 'This local server resumes at the start of a batch only.');
      const fault = call.during.find((one) => (one.afterBatches ?? 0) === sent);
      if (fault?.kind === 'drop') throw new RpcError('UNAVAILABLE', 'The service is currently unavailable.');
      if (fault?.kind === 'delay') await sleep(fault.ms ?? 1000);
      await call.write(fault?.kind === 'truncate' ? response(batch.bytes.subarray(0, batch.bytes.length - 16), batch.rows, stream, isFirst)
        : fault?.kind === 'lieRows' ? response(batch.bytes, batch.rows + (fault.delta ?? 1), stream, isFirst)
          : !isFirst && batch.response ? batch.response : response(batch.bytes, batch.rows, stream, isFirst));
      if (call.isOver) return;
      isFirst = false;
      sent++;
    }
  }
}

const duringRows = new Set(['drop', 'truncate', 'lieRows', 'delay']);

export const response = (bytes, rows, stream, isFirst) => ({
  stats: { progress: { atResponseStart: 0, atResponseEnd: 0 } },
  arrowRecordBatch: { serializedRecordBatch: bytes, rowCount: String(rows) },
  rowCount: String(rows),
  ...(isFirst ? { arrowSchema: { serializedSchema: stream.schema } } : {}),
});
