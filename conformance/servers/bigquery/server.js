// BigQuery: the REST API, the token endpoint, the metadata server, and the Storage Read API over gRPC, all on one port.
//   Controls of its own (POST /__control/vendor {do: …}): key-file gives the file of the one service account; token issues an access token;
//   expire forgets all tokens; behaviour {jobDelayMs, tokenLifetimeSeconds}; permissions {granted} on tables; state lists jobs and counts.
import zlib from 'node:zlib';
import { Auth } from './auth.js';
import { prepare } from './canned.js';
import { Engine } from './engine.js';
import { ApiError } from './errors.js';
import { Jobs } from './jobs.js';
import { Rest } from './rest.js';
import { Storage } from './storage.js';
import { Store } from './store.js';
import { Unsupported } from './types.js';

export async function create(frame) {
  const engine = await Engine.start();
  const store = new Store(frame.options.location ?? 'EU');
  const auth = new Auth();
  const jobs = new Jobs(engine, store, frame.canned);
  const rest = new Rest({ store, jobs });
  const storage = new Storage({ frame, store, auth, jobs });
  const route = (exchange) => {
    const path = exchange.path.replace(/^\/bigquery\/v2/, '');
    return path === '/token' ? { operation: 'token' } : path.startsWith('/computeMetadata/') || (path === '/' && exchange.headers['metadata-flavor']) ? { operation: 'metadata' } : rest.match(exchange.method, path);
  };

  return {
    faultKinds: ['bomb'],
    operation: (exchange) => route(exchange)?.operation ?? 'unknown',

    async handle(exchange) {
      try {
        await answer(exchange);
      } catch (error) {
        const known = error instanceof ApiError ? error
          : error instanceof Unsupported ? new ApiError(501, 'notImplemented', error.message)
            : error instanceof SyntaxError ? new ApiError(400, 'parseError', error.message) : null;
        if (!known) throw error;
        reply(exchange, known.body(), known.code);
      }
    },

    reject: (exchange, fault) => {
      const status = fault.status ?? (fault.kind === 'throttle' ? 403 : 503);
      return { status, headers: jsonType, body: new ApiError(status, fault.reason ?? (fault.kind === 'throttle' ? 'rateLimitExceeded' : 'backendError'), fault.message ?? 'Try again later.').body() };
    },

    createTable: (table) => { store.put({ ...table, project: table.project ?? table.catalog ?? table.database, dataset: table.dataset ?? table.schema }); },
    canned: prepare,
    http2: (request, response) => void storage.serve(request, response),

    reset(asked) {
      if (asked.tables) store.reset();
      jobs.reset();
      auth.reset();
      storage.reset();
    },

    control(asked) {
      switch (asked.do) {
        case 'key-file': return auth.keyFile(`http://127.0.0.1:${frame.port}/token`);
        case 'token': return auth.issue();
        case 'expire': auth.expireAll(); return {};
        case 'behaviour':
          jobs.delayMs = asked.jobDelayMs ?? jobs.delayMs;
          auth.lifetime = asked.tokenLifetimeSeconds ?? auth.lifetime;
          return {};
        case 'scratch': store.writable.add(`${asked.project}:${asked.dataset}`); return {};
        case 'permissions': store.permissions = asked.granted; return {};
        case 'state': return { executions: jobs.executions, tokensIssued: auth.issued, jobs: jobs.list() };
        default: throw new Error(`This server has no control ${JSON.stringify(asked.do)}.`);
      }
    },

    close: () => engine.stop(),
  };

  async function answer(exchange) {
    const found = route(exchange);
    if (!found) throw new ApiError(404, 'notFound', 'Not Found');
    if (exchange.fault('expire')) auth.expireAll();
    if (found.operation === 'token') {
      const { status, body } = auth.grant(new URLSearchParams(exchange.text()), `http://${exchange.headers.host}/token`);
      reply(exchange, body, status);
      return;
    }

    if (found.operation === 'metadata') {
      metadata(exchange);
      return;
    }

    if (!auth.isValid(exchange.headers.authorization)) {
      reply(exchange, new ApiError(401, 'authError', 'Request had invalid authentication credentials.').body(), 401, { 'www-authenticate': 'Bearer realm="https://accounts.google.com/"' });
      return;
    }

    const body = exchange.body.length ? exchange.json() : {};
    exchange.note({ request: body, query: Object.fromEntries(exchange.query) });
    const result = await found.run(exchange.query, body);
    const lie = exchange.fault('lieRows');
    if (lie && result.totalRows !== undefined) result.totalRows = String(Number(result.totalRows) + (lie.delta ?? 1));
    const bomb = exchange.fault('bomb');
    if (bomb) exchange.send({ body: zlib.gzipSync(Buffer.alloc(bomb.bytes, 0x20)), headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' } });
    else reply(exchange, result);
  }

  function metadata(exchange) {
    const headers = { 'metadata-flavor': 'Google' };
    const text = (body, status = 200) => exchange.send({ status, body, headers: { ...headers, 'content-type': 'text/plain' } });
    if (exchange.headers['metadata-flavor'] !== 'Google') {
      text('Missing Metadata-Flavor:Google header.', 403);
      return;
    }

    switch (exchange.path.replace(/\/$/, '')) {
      case '/computeMetadata/v1/instance/service-accounts/default/token': exchange.send({ body: auth.issue(), headers }); break;
      case '/computeMetadata/v1/instance/service-accounts/default/email': text(auth.email); break;
      case '/computeMetadata/v1/project/project-id': text('local-project'); break;
      case '/computeMetadata/v1/universe/universe-domain': case '/computeMetadata/v1/universe/universe_domain': text('googleapis.com'); break;
      case '': case '/computeMetadata/v1/instance': text('instance'); break;
      default: text('Not Found', 404);
    }
  }
}

// In exactly this spelling: Google's Node client looks for reasons in bodies of this type only.
const jsonType = { 'content-type': 'application/json; charset=UTF-8' };

// Google's servers compress where the client asks and its User-Agent holds "gzip".
function reply(exchange, body, status = 200, headers = {}) {
  const asks = /gzip/.test(exchange.headers['accept-encoding'] ?? '') && /gzip/.test(exchange.headers['user-agent'] ?? '');
  exchange.send({ status, headers: { ...jsonType, ...headers }, body, gzip: asks });
}
