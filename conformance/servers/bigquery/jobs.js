// Query jobs: PENDING, RUNNING, DONE; found by project, location and id.
import crypto from 'node:crypto';
import * as types from './types.js';
import * as values from './values.js';
import { ApiError } from './errors.js';
import { writeOf } from './writes.js';

const leastBilled = 10 * 1024 * 1024;

class Jobs {
  constructor(engine, store, canned) {
    this.engine = engine;
    this.store = store;
    this.canned = canned;
    this.reset();
  }

  reset() {
    this.jobs = new Map();
    this.requests = new Map();
    this.executions = 0;
    this.delayMs = 0;
  }

  find(project, id, location) {
    const job = this.jobs.get(`${project}:${id}`);
    // Outside of the multi-regions a job is found in its location only.
    if (!job || (location ?? 'US').toUpperCase() !== job.location.toUpperCase()) {
      throw new ApiError(404, 'notFound', `Not found: Job ${project}:${location ?? 'US'}.${id}`);
    }

    return job;
  }

  /** @param request {project, id, location, query, configuration fields} */
  async submit(request) {
    const location = request.location ?? this.store.location;
    if (location.toUpperCase() !== this.store.location.toUpperCase()) {
      throw new ApiError(404, 'notFound', `Not found: Dataset was not found in location ${location}`);
    }

    if (request.useLegacySql !== false) {
      throw new ApiError(400, 'invalidQuery', 'Legacy SQL is not supported by this server; BigQuery takes a query for legacy SQL unless useLegacySql is false.', { location: 'q', locationType: 'parameter' });
    }

    if (Buffer.byteLength(request.query ?? '') > 1024 * 1024) {
      throw new ApiError(400, 'invalid', 'The query is too large. The maximum standard SQL query length is 1024.00K characters, including comments and white space characters.');
    }

    if (request.id !== undefined && !/^[A-Za-z0-9_-]{1,1024}$/.test(request.id)) {
      throw new ApiError(400, 'invalid', `Invalid job ID "${request.id}".`);
    }

    for (const [key, value] of Object.entries(request.labels ?? {})) {
      if (!/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u.test(key) || !/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u.test(value)) {
        throw new ApiError(400, 'invalid', `Invalid label "${key}": "${value}".`);
      }
    }

    const id = request.id ?? `job_${crypto.randomUUID().replaceAll('-', '')}`;
    const key = `${request.project}:${id}`;
    if (!request.dryRun && this.jobs.has(key)) {
      throw new ApiError(409, 'duplicate', `Already Exists: Job ${request.project}:${location}.${id}`);
    }

    const job = { ...request, id, location, state: 'PENDING', created: Date.now(), settled: [] };
    const analysis = await this.analyze(job);
    job.bytes = analysis.bytes;
    job.columns = analysis.columns;
    job.tables = analysis.tables;
    if (request.dryRun) {
      job.state = 'DONE';
      return job;
    }

    this.jobs.set(key, job);
    if (request.maximumBytesBilled && billed(job.bytes) > BigInt(request.maximumBytesBilled)) {
      this.finish(job, new ApiError(400, 'bytesBilledLimitExceeded', `Query exceeded limit for bytes billed: ${request.maximumBytesBilled}. ${billed(job.bytes)} or higher required.`));
      return job;
    }

    void this.run(job, analysis);
    return job;
  }

  async analyze(job) {
    const canned = this.canned.get(job.query);
    if (canned) {
      return { canned, columns: canned.columns, tables: [], bytes: canned.bytes };
    }

    const parameters = (job.queryParameters ?? []).map(parameter => {
      const type = types.fromParameter(parameter.parameterType);
      return { name: parameter.name || undefined, type, value: parameterValue(parameter.parameterValue ?? {}, type) };
    });
    const write = writeOf(job.query, this.store, job);
    if (write && !write.select) {
      return { write, columns: [], tables: [], bytes: 0 };
    }

    const analysis = await this.engine.analyze(write?.select ?? job.query, this.store.resolver(job.project, job.defaultDataset), parameters);
    return { ...analysis, write, bytes: analysis.tables.reduce((sum, table) => sum + this.store.bytes(table, analysis.scanned.get(table)), 0) };
  }

  async run(job, analysis) {
    this.executions++;
    job.state = 'RUNNING';
    job.started = Date.now();
    try {
      if (this.delayMs > 0) {
        const limit = Math.min(this.delayMs, Number(job.jobTimeoutMs ?? Infinity));
        await new Promise(resolve => { job.wake = resolve; setTimeout(resolve, limit).unref(); });
        if (limit < this.delayMs && !job.cancelled) {
          throw new ApiError(400, 'stopped', `Job execution was cancelled: Job timed out after ${job.jobTimeoutMs} ms`);
        }
      }

      if (job.cancelled) {
        return;
      }

      let rows = analysis.canned ? null : analysis.text === undefined ? [] : await this.engine.evaluate(analysis);
      if (!job.cancelled && analysis.write) {
        analysis.write.run(rows, analysis.columns);
        [rows, job.columns, job.wrote] = [[], [], true];
      }

      if (!job.cancelled) {
        job.canned = analysis.canned;
        job.rows = rows;
        job.totalRows = analysis.canned ? analysis.canned.totalRows : rows.length;
        job.destination = { projectId: job.project, datasetId: '_anonymous', tableId: `anon_${crypto.createHash('sha256').update(job.id).digest('hex').slice(0, 40)}` };
        this.finish(job, null);
      }
    } catch (error) {
      this.finish(job, error instanceof ApiError ? error : error instanceof types.Unsupported ? new ApiError(501, 'notImplemented', error.message) : new ApiError(500, 'internalError', String(error.message ?? error)));
    }
  }

  cancel(job) {
    if (job.state !== 'DONE') {
      job.cancelled = true;
      job.wake?.();
      this.finish(job, new ApiError(400, 'stopped', 'Job execution was cancelled: User requested cancellation'));
    }
  }

  finish(job, error) {
    if (job.state === 'DONE') {
      return;
    }

    job.state = 'DONE';
    job.error = error;
    job.ended = Date.now();
    job.settled.splice(0).forEach(wake => wake());
  }

  /** Waits until the job is done, or the time is over. */
  async wait(job, milliseconds) {
    if (job.state !== 'DONE' && milliseconds > 0) {
      await new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds);
        job.settled.push(() => { clearTimeout(timer); resolve(); });
      });
    }

    return job.state === 'DONE';
  }

  /** The job whose result a table is, if any. */
  byDestination(project, dataset, table) {
    return [...this.jobs.values()].find(job => job.destination && job.destination.projectId === project && job.destination.datasetId === dataset && job.destination.tableId === table);
  }

  /** What tests look at. */
  list() {
    return [...this.jobs.values()].map((job) => ({
      id: job.id, state: job.state, error: job.error?.reason ?? null, query: job.query, labels: job.labels ?? null, maximumBytesBilled: job.maximumBytesBilled ?? null, jobTimeoutMs: job.jobTimeoutMs ?? null,
    }));
  }

  resource(job) {
    const times = { creationTime: String(job.created), ...(job.started ? { startTime: String(job.started) } : {}), ...(job.ended ? { endTime: String(job.ended) } : {}) };
    return {
      kind: 'bigquery#job',
      etag: '"job"',
      id: `${job.project}:${job.location}.${job.id}`,
      jobReference: { projectId: job.project, jobId: job.id, location: job.location },
      configuration: {
        jobType: 'QUERY',
        ...(job.dryRun ? { dryRun: true } : {}),
        ...(job.labels ? { labels: job.labels } : {}),
        ...(job.jobTimeoutMs ? { jobTimeoutMs: job.jobTimeoutMs } : {}),
        query: { query: job.query, useLegacySql: false, priority: job.priority ?? 'INTERACTIVE', ...(job.maximumBytesBilled ? { maximumBytesBilled: job.maximumBytesBilled } : {}), ...(job.destination ? { destinationTable: job.destination } : {}) },
      },
      status: { state: job.state, ...(job.error ? { errorResult: job.error.proto(), errors: [job.error.proto()] } : {}) },
      statistics: {
        ...times,
        totalBytesProcessed: String(job.bytes),
        query: {
          statementType: statementType(job),
          totalBytesProcessed: String(job.bytes),
          totalBytesBilled: String(job.dryRun ? 0 : billed(job.bytes)),
          totalBytesProcessedAccuracy: 'PRECISE',
          cacheHit: false,
          referencedTables: job.tables.map(table => ({ projectId: table.project, datasetId: table.dataset, tableId: table.name })),
          ...(job.dryRun ? { schema: { fields: job.columns.map(types.toField) } } : {}),
        },
      },
    };
  }
}

const statementType = job => job.wrote ? { CREATE: 'CREATE_TABLE', INSERT: 'INSERT', DROP: 'DROP_TABLE' }[/^\w+/.exec(job.query)[0]] : 'SELECT';

const billed = bytes => {
  const unit = 1024n * 1024n;
  const rounded = (BigInt(bytes) + unit - 1n) / unit * unit;
  return bytes === 0 ? 0n : rounded < BigInt(leastBilled) ? BigInt(leastBilled) : rounded;
};

function parameterValue(value, type) {
  switch (type.kind) {
    case 'ARRAY': return (value.arrayValues ?? []).map(item => parameterValue(item, type.element));
    case 'STRUCT': return type.fields.map(field => parameterValue(value.structValues?.[field.name] ?? {}, field.type));
    default: return values.parse(value.value, type);
  }
}

export { Jobs };
