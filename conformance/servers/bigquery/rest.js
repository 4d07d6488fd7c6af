// The REST API, v2: paths to operations, operations to answers.
import * as types from './types.js';
import * as values from './values.js';
import { ApiError } from './errors.js';

const longestWait = 200_000;
const bytesPerPage = 10 * 1024 * 1024;

class Rest {
  constructor({ store, jobs }) {
    this.store = store;
    this.jobs = jobs;
    this.routes = [
      ['GET', /^\/projects$/, 'projects.list', () => ({ kind: 'bigquery#projectList', totalItems: 0 })],
      ['POST', /^\/projects\/([^/]+)\/queries$/, 'jobs.query', (p, q, body) => this.query(p[0], body)],
      ['GET', /^\/projects\/([^/]+)\/queries\/([^/]+)$/, 'jobs.getQueryResults', (p, q) => this.results(this.jobs.find(p[0], p[1], q.get('location') ?? undefined), q)],
      ['POST', /^\/projects\/([^/]+)\/jobs$/, 'jobs.insert', (p, q, body) => this.insert(p[0], body)],
      ['GET', /^\/projects\/([^/]+)\/jobs$/, 'jobs.list', p => ({ kind: 'bigquery#jobList', jobs: [...this.jobs.jobs.values()].filter(job => job.project === p[0]).map(job => this.jobs.resource(job)) })],
      ['GET', /^\/projects\/([^/]+)\/jobs\/([^/]+)$/, 'jobs.get', (p, q) => this.jobs.resource(this.jobs.find(p[0], p[1], q.get('location') ?? undefined))],
      ['POST', /^\/projects\/([^/]+)\/jobs\/([^/]+)\/cancel$/, 'jobs.cancel', (p, q) => this.cancel(this.jobs.find(p[0], p[1], q.get('location') ?? undefined))],
      ['GET', /^\/projects\/([^/]+)\/datasets$/, 'datasets.list', (p, q) => this.datasets(p[0], q)],
      ['GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)$/, 'datasets.get', p => this.dataset(p[0], p[1])],
      ['GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables$/, 'tables.list', (p, q) => this.tables(p[0], p[1], q)],
      ['GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/, 'tables.get', p => this.table(p[0], p[1], p[2])],
      ['POST', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/:]+):testIamPermissions$/, 'tables.testIamPermissions', (p, q, body) => this.permissions(p[0], p[1], p[2], body)],
      ['GET', /^\/projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)\/data$/, 'tabledata.list', (p, q) => this.data(p[0], p[1], p[2], q)],
    ];
  }

  /** The operation of a request, with what runs it; undefined where there is none. */
  match(method, path) {
    for (const [verb, pattern, operation, run] of this.routes) {
      const found = verb === method && pattern.exec(path);
      if (found) {
        return { operation, run: (query, body) => run(found.slice(1).map(decodeURIComponent), query, body) };
      }
    }

    return undefined;
  }

  async query(project, body) {
    const key = body.requestId && !body.dryRun ? `${project} ${body.requestId} ${body.query}` : null;
    const known = key && this.jobs.requests.get(key);
    const job = known ?? await this.jobs.submit({ ...body, project, id: undefined });
    if (key) {
      this.jobs.requests.set(key, job);
    }

    if (body.dryRun) {
      return { kind: 'bigquery#queryResponse', jobComplete: true, schema: { fields: job.columns.map(types.toField) }, totalBytesProcessed: String(job.bytes), cacheHit: false, jobReference: { projectId: project, location: job.location } };
    }

    return this.answer(job, 'bigquery#queryResponse', {
      timeoutMs: body.timeoutMs ?? 10_000, maxResults: body.maxResults, format: formatOf(body.formatOptions?.useInt64Timestamp, body.formatOptions?.timestampOutputFormat), start: 0,
    });
  }

  async insert(project, body) {
    const configuration = body.configuration ?? {};
    if (!configuration.query) {
      throw new types.Unsupported('jobs other than queries');
    }

    for (const field of ['destinationTable', 'tableDefinitions', 'writeDisposition', 'createSession', 'scriptOptions']) {
      if (configuration.query[field] !== undefined && field !== 'writeDisposition') {
        throw new types.Unsupported(`the option ${field}`);
      }
    }

    const reference = body.jobReference ?? {};
    const job = await this.jobs.submit({
      ...configuration.query, project, id: reference.jobId, location: reference.location, labels: configuration.labels, dryRun: configuration.dryRun, jobTimeoutMs: configuration.jobTimeoutMs,
    });
    return this.jobs.resource(job);
  }

  cancel(job) {
    this.jobs.cancel(job);
    return { kind: 'bigquery#jobCancelResponse', job: this.jobs.resource(job) };
  }

  results(job, query) {
    const token = query.get('pageToken');
    const [owner, place] = token ? Buffer.from(token, 'base64url').toString().split(' ') : [job.id, query.get('startIndex') ?? '0'];
    if (owner !== job.id || !/^\d+$/.test(place)) {
      throw new ApiError(400, 'invalid', 'Invalid page token.');
    }

    return this.answer(job, 'bigquery#getQueryResultsResponse', {
      timeoutMs: Number(query.get('timeoutMs') ?? 10_000),
      maxResults: query.has('maxResults') ? Number(query.get('maxResults')) : undefined,
      format: formatOf(query.get('formatOptions.useInt64Timestamp') === 'true', query.get('formatOptions.timestampOutputFormat')),
      start: Number(place),
    });
  }

  async answer(job, kind, { timeoutMs, maxResults, format, start }) {
    const reference = { projectId: job.project, jobId: job.id, location: job.location };
    if (!await this.jobs.wait(job, Math.min(timeoutMs, longestWait))) {
      return { kind, jobReference: reference, jobComplete: false };
    }

    // A failed job is an HTTP error here; jobs.get answers 200.
    if (job.error) {
      throw job.error;
    }

    const common = {
      kind, jobReference: reference, jobComplete: true, schema: { fields: job.columns.map(types.toField) }, totalRows: String(job.totalRows), totalBytesProcessed: String(job.bytes), cacheHit: false,
    };
    if (job.canned) {
      return cannedPage(job, common, start, maxResults);
    }

    const { rows, next } = page(job.rows, job.columns, start, maxResults, format);
    return { ...common, ...(rows.length ? { rows } : {}), ...(next < job.totalRows && maxResults !== 0 ? { pageToken: Buffer.from(`${job.id} ${next}`).toString('base64url') } : {}) };
  }

  datasets(project, query) {
    const { items, token } = slice(this.store.datasets(project), query);
    return {
      kind: 'bigquery#datasetList',
      etag: '"list"',
      ...(items.length ? { datasets: items.map(name => ({ kind: 'bigquery#dataset', id: `${project}:${name}`, datasetReference: { projectId: project, datasetId: name }, location: this.store.location })) } : {}),
      ...(token ? { nextPageToken: token } : {}),
    };
  }

  dataset(project, name) {
    this.store.dataset(project, name);
    return { kind: 'bigquery#dataset', id: `${project}:${name}`, datasetReference: { projectId: project, datasetId: name }, location: this.store.location };
  }

  tables(project, dataset, query) {
    this.store.dataset(project, dataset);
    const all = this.store.tables.filter(table => table.project === project && table.dataset === dataset).sort((a, b) => a.name < b.name ? -1 : 1);
    const { items, token } = slice(all, query);
    return {
      kind: 'bigquery#tableList',
      etag: '"list"',
      totalItems: all.length,
      tables: items.map(table => ({ kind: 'bigquery#table', id: `${project}:${dataset}.${table.name}`, tableReference: { projectId: project, datasetId: dataset, tableId: table.name }, type: table.kind, creationTime: String(table.created) })),
      ...(token ? { nextPageToken: token } : {}),
    };
  }

  table(project, dataset, name) {
    const job = this.jobs.byDestination(project, dataset, name);
    return job
      ? { kind: 'bigquery#table', id: `${project}:${dataset}.${name}`, tableReference: job.destination, type: 'TABLE', schema: { fields: job.columns.map(types.toField) }, numRows: String(job.totalRows), location: job.location }
      : this.store.resource(this.store.get(project, dataset, name));
  }

  // The account reads, unless a control says that it writes.
  permissions(project, dataset, name, body) {
    this.store.get(project, dataset, name);
    const granted = (body.permissions ?? []).filter(permission => this.store.permissions.includes(permission));
    return granted.length ? { permissions: granted } : {};
  }

  data(project, dataset, name, query) {
    const table = this.jobs.byDestination(project, dataset, name) ?? this.store.get(project, dataset, name);
    const start = Number(query.get('pageToken') ?? query.get('startIndex') ?? 0);
    const { rows, next } = page(table.rows, table.columns, start, query.has('maxResults') ? Number(query.get('maxResults')) : undefined, formatOf(query.get('formatOptions.useInt64Timestamp') === 'true', query.get('formatOptions.timestampOutputFormat')));
    return { kind: 'bigquery#tableDataList', etag: '"rows"', totalRows: String(table.rows.length), ...(rows.length ? { rows } : {}), ...(next < table.rows.length ? { pageToken: String(next) } : {}) };
  }
}

const formatOf = (isInt64, name) => name && name !== 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED' ? name : isInt64 ? 'INT64' : 'FLOAT64';

function slice(items, query) {
  const start = Number(query.get('pageToken') ?? 0);
  const count = Number(query.get('maxResults') ?? 50);
  return { items: items.slice(start, start + count), token: start + count < items.length ? String(start + count) : null };
}

// Rows up to the caller's limit, and up to a size of the answer.
function page(rows, columns, start, maxResults, format) {
  const found = [];
  let bytes = 0;
  const limit = Math.min(rows.length, start + Math.min(maxResults ?? 100_000, 100_000));
  let next = start;
  for (; next < limit && bytes < bytesPerPage; next++) {
    const row = { f: rows[next].map((value, i) => ({ v: values.toRest(value, columns[i].type, format) })) };
    bytes += rows[next].reduce((sum, value, i) => sum + 16 + values.sizeOf(value, columns[i].type), 0);
    found.push(row);
  }

  return { rows: found, next };
}

// Whole encoded pages; a smaller limit is honoured by an answer without rows or by the first page.
function cannedPage(job, common, start, maxResults) {
  const { canned } = job;
  if (maxResults === 0) {
    return common;
  }

  const next = start + canned.rowsPerPage;
  const token = next < job.totalRows ? { pageToken: Buffer.from(`${job.id} ${next}`).toString('base64url') } : {};
  const text = JSON.stringify({ ...common, ...token });
  return Buffer.concat([Buffer.from(`${text.slice(0, -1)},"rows":[`), start < job.totalRows ? canned.page : Buffer.alloc(0), Buffer.from(']}')]);
}

export { Rest };
