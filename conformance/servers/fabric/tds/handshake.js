import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { MessageReader, PacketType, packets } from './packets.js';

// TLS inside TDS 7.x. During the handshake its bytes travel as payload of packets of type 0x12; afterwards TLS records lie on the socket as they are. The
// client's first record of application data (0x17) shows that the handshake is over for both sides. TLS 1.3 is not offered: its session tickets would leave
// inside packets after the client has left them. A flight of the server is one message, because clients read one for each of theirs.
const applicationData = 0x17;
const packetSize = 4096;

class HandshakeStream extends Duplex {
  #socket;
  #inPackets = true;
  #flight = [];
  #reader = new MessageReader((message) => {
    if (message.type !== PacketType.prelogin) {
      this.destroy(new Error('Another packet in the middle of the TLS handshake.'));
      return;
    }

    this.push(message.payload);
  });

  constructor(socket, writeBytes) {
    super();
    this.#socket = socket;
    this.writeBytes = writeBytes;
  }

  /** Bytes of the socket. */
  receive(bytes) {
    if (this.#inPackets && bytes.length > 0 && bytes[0] === applicationData) {
      this.#inPackets = false;
    }

    if (this.#inPackets) {
      this.#reader.push(bytes);
      return;
    }

    this.push(bytes);
  }

  _read() {}

  _write(chunk, _encoding, done) {
    if (!this.#inPackets) {
      this.writeBytes(chunk);
      done();
      return;
    }

    this.#flight.push(chunk);
    if (this.#flight.length === 1) {
      setImmediate(() => {
        const flight = Buffer.concat(this.#flight);
        this.#flight = [];
        for (const one of packets(PacketType.prelogin, flight, packetSize)) {
          this.writeBytes(one);
        }
      });
    }

    done();
  }

  _destroy(error, done) {
    if (error) {
      this.#socket.destroy();
    }

    done(error);
  }
}

/** Starts TLS as the server's side. Returns { receive(bytes), secure: the TLS socket }. */
export function startHandshake(socket, writeBytes, { key, cert }) {
  const stream = new HandshakeStream(socket, writeBytes);
  const secure = new tls.TLSSocket(stream, { isServer: true, secureContext: tls.createSecureContext({ key, cert, minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }) });
  return { receive: (bytes) => stream.receive(bytes), secure };
}
