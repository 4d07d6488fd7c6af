// A response on its way: tokens go into packets of the agreed size, one packet a write, and wait for the client to take them.
import { setTimeout as sleep } from 'node:timers/promises';
import { PacketType, Status, packet } from './packets.js';

const headerBytes = 8;

export class Response {
  #send;
  #room;
  #pending = [];
  #length = 0;
  #number = 1;

  /** @param send takes the bytes of a packet; its promise is kept when more may be sent. */
  constructor(send, packetSize) {
    this.#send = send;
    this.#room = packetSize - headerBytes;
  }

  async write(bytes) {
    this.#pending.push(bytes);
    this.#length += bytes.length;
    if (this.#length > this.#room) {
      await this.#flush(false);
    }
  }

  async end() {
    await this.#flush(true);
  }

  async #flush(isEnd) {
    const all = Buffer.concat(this.#pending);
    let at = 0;
    for (; all.length - at > this.#room; at += this.#room) {
      await this.#send(packet(PacketType.response, 0, all.subarray(at, at + this.#room), this.#number++));
    }

    const rest = all.subarray(at);
    if (isEnd) {
      await this.#send(packet(PacketType.response, Status.endOfMessage, rest, this.#number++));
      this.#pending = [];
      this.#length = 0;
      return;
    }

    this.#pending = [Buffer.from(rest)];
    this.#length = rest.length;
  }
}

/** Writes bytes to a stream as the network might cut them: all at once, or a few at a time. */
export async function writeAs(stream, bytes, fragment) {
  const write = (part) => new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) {
      resolve();
      return;
    }

    if (stream.write(part)) {
      resolve();
    } else {
      const settle = () => {
        stream.removeListener('drain', settle);
        stream.removeListener('close', settle);
        resolve();
      };
      stream.once('drain', settle);
      stream.once('close', settle);
    }
  });
  if (!fragment) {
    await write(bytes);
    return;
  }

  for (let at = 0; at < bytes.length; at += fragment) {
    await write(bytes.subarray(at, at + fragment));
    await sleep(0);
  }
}
