// TDS packets: eight bytes of header (type, status, length, channel, number, window) and a payload; a message is the packets up to end-of-message.

export const PacketType = { batch: 0x01, rpc: 0x03, response: 0x04, attention: 0x06, bulk: 0x07, fedAuthToken: 0x08, transaction: 0x0e, login: 0x10, sspi: 0x11, prelogin: 0x12 };
export const Status = { endOfMessage: 0x01, ignore: 0x02, reset: 0x08, resetKeepTransaction: 0x10 };
const headerBytes = 8;
const greatestMessage = 64 * 1024 * 1024;

export class ProtocolError extends Error {}

/** One packet. */
export function packet(type, status, payload, number = 1) {
  const bytes = Buffer.allocUnsafe(headerBytes + payload.length);
  bytes[0] = type;
  bytes[1] = status;
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt16BE(51, 4);
  bytes[6] = number & 0xff;
  bytes[7] = 0;
  payload.copy(bytes, headerBytes);
  return bytes;
}

/** A message as its packets. */
export function packets(type, payload, packetSize) {
  const room = packetSize - headerBytes;
  const all = [];
  for (let at = 0, number = 1; at === 0 || at < payload.length; at += room, number++) {
    const part = payload.subarray(at, at + room);
    all.push(packet(type, at + room >= payload.length ? Status.endOfMessage : 0, part, number));
  }

  return all;
}

/** Cuts a stream of bytes into messages: push bytes, get { type, status, payload } to the callback. */
export class MessageReader {
  #pending = Buffer.alloc(0);
  #parts = [];
  #type = 0;
  #status = 0;
  #length = 0;

  constructor(onMessage) {
    this.onMessage = onMessage;
  }

  push(bytes) {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#pending.length >= headerBytes) {
      const length = this.#pending.readUInt16BE(2);
      if (length < headerBytes) {
        throw new ProtocolError(`A packet says that it has ${length} bytes.`);
      }

      if (this.#pending.length < length) {
        return;
      }

      const one = this.#pending.subarray(0, length);
      this.#pending = this.#pending.subarray(length);
      this.#take(one);
    }
  }

  /** Bytes behind the last whole packet. */
  takeRest() {
    const rest = this.#pending;
    this.#pending = Buffer.alloc(0);
    return rest;
  }

  #take(one) {
    if (this.#parts.length === 0) {
      this.#type = one[0];
      this.#status = one[1] & (Status.reset | Status.resetKeepTransaction);
    } else if (one[0] !== this.#type) {
      throw new ProtocolError('A message changes its type between two packets.');
    }

    this.#parts.push(one.subarray(headerBytes));
    this.#length += one.length;
    if (this.#length > greatestMessage) {
      throw new ProtocolError('A request is larger than this server takes.');
    }

    if (one[1] & Status.endOfMessage) {
      const message = { type: this.#type, status: this.#status | (one[1] & Status.ignore), payload: Buffer.concat(this.#parts) };
      this.#parts = [];
      this.#length = 0;
      this.onMessage(message);
    }
  }
}
