// What every warehouse's server stands on: one port, the control endpoint under /__control/, faults on demand, a log, an engine.
//
// A vendor is a folder with server.js that exports `create(frame)` and returns
//   handle(exchange)        answers an HTTP request: calls exchange.send(...) exactly once
//   operation(exchange)     a short name of what a request is (submit, poll, chunk, ...), which faults can match and the log shows
//   reject(exchange, kind)  the vendor's own error body for a fault: {status, headers, body}
//   createTable(table)      loads a table (types in the vendor's spelling)
//   canned(entry)           checks and prepares a canned result; optional
//   listening()             called once the port is known (frame.port); optional
//   reset()                 forgets statements, sessions and tokens; optional
//   close()                 optional
//   connection(socket)      takes connections whose first byte is none of HTTP's or TLS's (TDS); optional
//   plain(socket), tls(socket) take every connection of that kind instead of HTTP; optional
//   http2(request, response) takes HTTP/2 requests (gRPC), as node:http2 gives them; optional
//   ready                   members for the line that is printed when the server listens; optional
import { Faults } from './faults.js';
import { Log } from './log.js';
import { Listener } from './listener.js';
import { Exchange } from './exchange.js';
import { Control } from './control.js';
import { makeCertificate } from './certificate.js';

export async function startServer(vendor, options = {}) {
  const { create } = await import(`../${vendor}/server.js`);
  const certificate = makeCertificate();
  const frame = { vendor, options, log: new Log(), faults: new Faults(), canned: new Map(), certificate: certificate.certificate, key: certificate.key, port: 0 };
  const handler = await create(frame);
  const control = new Control(frame, handler);

  async function onRequest(request, response) {
    const exchange = new Exchange(request, response, frame);
    try {
      if (exchange.path.startsWith('/__control/')) {
        await exchange.readBody();
        await control.handle(exchange);
        return;
      }

      exchange.operation = handler.operation?.(exchange) ?? '';
      await exchange.readBody();
      frame.log.add(exchange);
      if (!(await exchange.applyFaults(frame.faults, handler))) return;
      await handler.handle(exchange);
      if (!exchange.answered) throw new Error(`${exchange.method} ${exchange.path} was not answered.`);
    } catch (error) {
      if (exchange.closed) return;
      // A defect of the server must never look like an answer of the vendor's.
      console.error(`${exchange.method} ${exchange.path}:`, error);
      exchange.sendNow({ status: 599, body: { server_defect: String(error?.stack ?? error) } });
    }
  }

  const listener = new Listener({ ...certificate, onRequest, handler });
  // A vendor may listen on another port too (its storage has another origin): frame.listen() gives it.
  const others = [];
  frame.listen = async () => {
    const other = new Listener({ ...certificate, onRequest, handler: {} });
    others.push(other);
    return other.listen(0);
  };
  frame.port = await listener.listen(Number(options.port ?? 0));
  await handler.listening?.();
  return {
    port: frame.port,
    frame,
    handler,
    certificate: certificate.certificate,
    ready: handler.ready ?? {},
    async close() {
      for (const one of [listener, ...others]) await one.close();
      await handler.close?.();
    },
  };
}
