// One connection: PRELOGIN, TLS, LOGIN7 (with or without an access token), then requests, one at a time, which an attention may stop.
import tls from 'node:tls';
import { Encryption, preloginReply, readPrelogin } from './prelogin.js';
import { Feature, fedAuthInfo, readFedAuthToken, readLogin } from './login.js';
import { MessageReader, PacketType, ProtocolError, Status } from './packets.js';
import { startHandshake } from './handshake.js';
import { Response, writeAs } from './response.js';
import * as tokens from './tokens.js';
import { collationBytes } from './types.js';
import { TsqlError } from '../tsql/errors.js';
import { Requests } from '../requests.js';

const { Done, EnvChange } = tokens;
const tds8 = 0x08000000;
const authority = 'https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001';
const resource = 'https://database.windows.net/';

export class Connection {
  #server;
  #socket;
  #stream;
  #reader = new MessageReader((message) => this.#onMessage(message));
  #handshake;
  #phase = 'prelogin';
  #packetSize = 4096;
  #prelogin;
  #login;
  #requests;
  #running;
  #attention = false;
  #queue = Promise.resolve();
  #sent = 0;

  constructor(server, socket) {
    this.#server = server;
    this.#socket = socket;
    this.#stream = socket;
    this.session = { login: '', database: null, permissions: server.permissions };
  }

  /** TDS 7: the first bytes are a PRELOGIN packet. */
  startPlain() {
    this.#socket.on('data', (bytes) => this.#guard(() => {
      if (this.#handshake) {
        this.#handshake.receive(bytes);
      } else {
        this.#reader.push(bytes);
      }
    }));
    this.#watch(this.#socket);
    this.#socket.resume();
  }

  /** TDS 8: everything is inside of TLS. */
  startStrict({ key, certificate }) {
    this.isStrict = true;
    const secure = new tls.TLSSocket(this.#socket, { isServer: true, secureContext: tls.createSecureContext({ key, cert: certificate, minVersion: 'TLSv1.2' }), ALPNProtocols: ['tds/8.0'] });
    this.#stream = secure;
    secure.on('data', (bytes) => this.#guard(() => this.#reader.push(bytes)));
    this.#watch(secure);
    this.#watch(this.#socket);
  }

  close() {
    this.#running?.cancel();
    this.#stream.destroy();
    this.#socket.destroy();
  }

  #watch(stream) {
    stream.on('error', () => this.close());
    stream.on('close', () => this.close());
  }

  #guard(action) {
    try {
      action();
    } catch (failure) {
      this.#fail(failure);
    }
  }

  #fail(failure) {
    if (!(failure instanceof ProtocolError) && !this.#socket.destroyed) {
      this.#server.defect(failure);
    }

    this.close();
  }

  #send = async (bytes) => {
    const limit = this.truncateAt;
    if (limit !== undefined && this.#sent + bytes.length > limit) {
      const part = bytes.subarray(0, Math.max(0, limit - this.#sent));
      this.#sent += part.length;
      await writeAs(this.#stream, part, this.#server.fragment);
      this.#stream.end();
      setImmediate(() => this.close());
      throw new Dropped();
    }

    this.#sent += bytes.length;
    await writeAs(this.#stream, bytes, this.#server.fragment);
  };

  #respond() {
    return new Response(this.#send, this.#packetSize);
  }

  #onMessage(message) {
    // An attention has to be seen while a request runs; everything else waits for its turn.
    if (message.type === PacketType.attention) {
      this.#onAttention();
      return;
    }

    this.#queue = this.#queue.then(() => this.#handle(message)).catch((failure) => {
      if (!(failure instanceof Dropped)) {
        this.#fail(failure);
      }
    });
  }

  #onAttention() {
    this.#server.count('attentions');
    if (this.#server.faults({ operation: 'attention', text: '' }).some((fault) => fault.kind === 'ignoreAttention')) {
      return;
    }

    this.#attention = true;
    this.#running?.cancel();
    this.#queue = this.#queue.then(async () => {
      if (this.#attention) {
        // The answer of the request has ended by now; the acknowledgement is a message of its own.
        this.#attention = false;
        const response = this.#respond();
        await response.write(tokens.done(Done.attention));
        await response.end();
      }
    }).catch((failure) => {
      if (!(failure instanceof Dropped)) {
        this.#fail(failure);
      }
    });
  }

  async #handle(message) {
    if (message.status & Status.ignore) {
      return;
    }

    switch (this.#phase) {
      case 'prelogin': await this.#onPrelogin(message); return;
      case 'login': await this.#onLogin(message); return;
      case 'token': await this.#onToken(message); return;
      default: await this.#onRequest(message);
    }
  }

  async #onPrelogin({ type, payload }) {
    if (type !== PacketType.prelogin) {
      throw new ProtocolError('The first message is no PRELOGIN.');
    }

    if ((await this.#meet('prelogin')) === true) {
      return;
    }

    this.#prelogin = readPrelogin(payload);
    const asked = this.#prelogin.encryption & 0x0f;
    const reply = this.isStrict ? Encryption.notSupported : this.#server.encryptionFor(asked);
    const response = this.#respond();
    await response.write(preloginReply(reply, this.#prelogin.asksForFedAuth));
    this.#phase = 'login';
    const isEncrypted = !this.isStrict && (reply === Encryption.on || reply === Encryption.required || (reply === Encryption.off && asked === Encryption.off));
    this.isLoginOnly = isEncrypted && reply === Encryption.off;
    if (isEncrypted) {
      const handshake = startHandshake(this.#socket, (bytes) => { void writeAs(this.#socket, bytes, 0); }, { key: this.#server.key, cert: this.#server.certificate });
      handshake.secure.on('data', (bytes) => this.#guard(() => this.#reader.push(bytes)));
      this.#watch(handshake.secure);
      // Before the reply is out: the client may answer its last byte at once.
      this.#handshake = handshake;
      await response.end();
      this.#stream = handshake.secure;
      return;
    }

    await response.end();
  }

  async #onLogin({ type, payload }) {
    if (type !== PacketType.login) {
      throw new ProtocolError('LOGIN7 was expected.');
    }

    if (this.isLoginOnly) {
      // Only the login was encrypted; both sides are back to clear text.
      this.#handshake = undefined;
      this.#stream = this.#socket;
    }

    this.#server.count('logins');
    this.#login = readLogin(payload);
    if (this.#login.fedAuth?.library === 2) {
      this.#phase = 'token';
      const response = this.#respond();
      await response.write(fedAuthInfo(authority, resource));
      await response.end();
      return;
    }

    await this.#finishLogin(this.#login.fedAuth?.token);
  }

  async #onToken({ type, payload }) {
    if (type !== PacketType.fedAuthToken) {
      throw new ProtocolError('An access token was expected.');
    }

    await this.#finishLogin(readFedAuthToken(payload));
  }

  async #finishLogin(token) {
    const login = this.#login;
    const met = await this.#meet('login');
    if (met === true) {
      return;
    }

    const response = this.#respond();
    try {
      for (const fault of met || []) {
        if (fault.kind === 'error') {
          throw new TsqlError(fault.number, fault.severity ?? 16, fault.text ?? 'A fault that was asked for.');
        }

        if (fault.kind === 'expire') {
          throw new TsqlError(18456, 14, "Login failed for user '<token-identified principal>'. Token is expired.");
        }
      }

      this.session.login = this.#server.authenticate(login, token);
      this.session.database = this.#server.databaseFor(login);
      this.session.application = login.application;
    } catch (failure) {
      if (!(failure instanceof TsqlError)) {
        throw failure;
      }

      this.#server.log('login', { application: login.application, library: login.library, error: failure.number });
      await response.write(tokens.error({ number: failure.number, severity: failure.severity, state: failure.state, text: failure.message }));
      await response.write(tokens.done(Done.error));
      await response.end();
      this.#stream.end();
      return;
    }

    const packetSize = Math.min(Math.max(login.packetSize || 4096, 512), 32767);
    const { name, collation } = this.session.database;
    this.#server.log('login', { user: this.session.login, database: name, application: login.application, library: login.library, tds: login.tdsVersion.toString(16), fedAuth: login.fedAuth?.library ?? 0, isReadOnlyIntent: login.isReadOnlyIntent });
    const acks = [...(login.features.has(Feature.fedAuth) ? [[Feature.fedAuth, Buffer.alloc(0)]] : []), ...(login.features.has(Feature.utf8) ? [[Feature.utf8, Buffer.from([1])]] : [])];
    await response.write(Buffer.concat([
      tokens.envChangeText(EnvChange.database, name, 'master'),
      tokens.info({ number: 5701, state: 2, text: `Changed database context to '${name}'.` }),
      tokens.envChangeBytes(EnvChange.collation, collationBytes[collation], Buffer.alloc(0)),
      tokens.envChangeText(EnvChange.language, 'us_english', ''),
      tokens.info({ number: 5703, state: 1, text: 'Changed language setting to us_english.' }),
      tokens.loginAck(login.tdsVersion === tds8),
      tokens.envChangeText(EnvChange.packetSize, String(packetSize), String(this.#packetSize)),
      ...(acks.length > 0 ? [tokens.featureAck(acks)] : []),
      tokens.done(Done.final),
    ]));
    await response.end();
    this.#packetSize = packetSize;
    this.#phase = 'ready';
    this.#requests = new Requests(this.#server, this.session);
  }

  async #onRequest({ type, status, payload }) {
    if (this.#attention) {
      this.#attention = false;
      const response = this.#respond();
      await response.write(tokens.done(Done.attention));
      await response.end();
      return;
    }

    const response = this.#respond();
    if (status & (Status.reset | Status.resetKeepTransaction)) {
      this.#server.count('resets');
      await response.write(tokens.resetAck());
    }

    const request = this.#requests.read(type, payload);
    const met = await this.#meet('query', request.text);
    if (met === true) {
      return;
    }

    this.#running = request;
    try {
      await request.run(response, met || [], this);
      await response.end();
    } finally {
      this.#running = undefined;
      this.truncateAt = undefined;
    }
  }

  /** Faults that end the connection or hold it up are done here (true: it is over); the others are returned. */
  async #meet(operation, text = '') {
    const rest = [];
    for (const fault of this.#server.faults({ operation, text })) {
      switch (fault.kind) {
        case 'delay':
          await this.#server.sleep(fault.ms ?? 1000);
          break;
        case 'drop':
          this.close();
          return true;
        case 'truncate':
          this.truncateAt = this.#sent + (fault.bytes ?? 100);
          break;
        case 'hang':
          return true;
        case 'garbage':
          await this.#send(Buffer.from(fault.hex ?? 'ffffffffffffffffffffffffffffffff', 'hex'));
          return true;
        default:
          rest.push(fault);
      }
    }

    return rest;
  }
}

class Dropped extends Error {}
