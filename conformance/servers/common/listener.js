// One port for everything: the first bytes of a connection say whether it is TLS, HTTP/1, HTTP/2 (gRPC) or the vendor's own protocol.
import net from 'node:net';
import { Duplex } from 'node:stream';
import http from 'node:http';
import http2 from 'node:http2';
import tls from 'node:tls';

const httpMethods = /^(GET|POST|PUT|DELETE|HEAD|PATCH|OPTIONS|CONNECT|TRACE) /;

export class Listener {
  constructor({ certificate, key, onRequest, handler }) {
    this.sockets = new Set();
    this.handler = handler;
    this.http = http.createServer({ keepAliveTimeout: 60_000, requestTimeout: 0, headersTimeout: 0 }, onRequest);
    this.http2 = handler.http2 ? http2.createServer({}, (request, response) => handler.http2(request, response)) : undefined;
    this.context = tls.createSecureContext({ cert: certificate, key });
    this.server = net.createServer((socket) => this.#accept(socket));
  }

  listen(port) {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => resolve(this.server.address().port));
    });
  }

  async close() {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  #accept(socket) {
    this.sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.sockets.delete(socket));
    // A client may go away at any time; whoever answers it sees the closed socket.
    socket.on('error', () => {});
    if (this.handler.plain) { this.handler.plain(socket); return; }
    this.#sniff(socket, true);
  }

  #sniff(socket, mayBeTls) {
    let start = Buffer.alloc(0);
    const decide = () => {
      const chunk = socket.read();
      if (chunk === null) return;
      start = Buffer.concat([start, chunk]);
      const text = start.toString('latin1', 0, 24);
      const wait = start[0] === 0x50 && start.length < 4; // "P": POST, PUT, PATCH or HTTP/2's PRI
      if (wait) return;
      socket.removeListener('readable', decide);
      socket.pause();
      socket.unshift(start);
      if (mayBeTls && start[0] === 0x16) this.#secure(socket);
      else if (text.startsWith('PRI') && this.http2) this.http2.emit('connection', socket);
      else if (httpMethods.test(text) || !this.handler.connection) this.http.emit('connection', socket);
      else this.handler.connection(socket);
    };
    socket.on('readable', decide);
  }

  #secure(socket) {
    if (this.handler.tls) { this.handler.tls(socket); return; }
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: this.context, ALPNProtocols: this.http2 ? ['h2', 'http/1.1'] : ['http/1.1'] });
    secure.on('error', () => socket.destroy());
    secure.once('secure', () => {
      // What client and server have agreed on needs no looking. HTTP/2 takes the handle of a socket away, which one inside TLS over another does not survive.
      if (secure.alpnProtocol === 'h2') this.http2.emit('connection', Duplex.from({ readable: secure, writable: secure }));
      else this.#sniff(secure, false);
    });
  }
}
