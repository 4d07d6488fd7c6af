// PRELOGIN: a table of options (token, offset, length, all big endian), then their data.
import { ProtocolError } from './packets.js';

export const Encryption = { off: 0, on: 1, notSupported: 2, required: 3 };
const Token = { version: 0, encryption: 1, instance: 2, thread: 3, mars: 4, trace: 5, fedAuthRequired: 6, end: 0xff };
export const serverVersion = Buffer.from([12, 0, 0x07, 0xd0, 0, 0]);

export function readPrelogin(payload) {
  const options = new Map();
  for (let at = 0; ; at += 5) {
    if (at >= payload.length) {
      throw new ProtocolError('The PRELOGIN table has no end.');
    }

    if (payload[at] === Token.end) {
      break;
    }

    if (at + 5 > payload.length) {
      throw new ProtocolError('The PRELOGIN table is cut off.');
    }

    const [offset, length] = [payload.readUInt16BE(at + 1), payload.readUInt16BE(at + 3)];
    if (offset + length > payload.length) {
      throw new ProtocolError('A PRELOGIN option lies outside of its message.');
    }

    options.set(payload[at], payload.subarray(offset, offset + length));
  }

  return {
    encryption: options.get(Token.encryption)?.[0] ?? Encryption.notSupported,
    wantsMars: options.get(Token.mars)?.[0] === 1,
    asksForFedAuth: options.has(Token.fedAuthRequired),
  };
}

export function preloginReply(encryption, asksForFedAuth) {
  const options = [
    [Token.version, serverVersion],
    [Token.encryption, Buffer.from([encryption])],
    [Token.instance, Buffer.from([0])],
    [Token.thread, Buffer.alloc(0)],
    [Token.mars, Buffer.from([0])],
    ...(asksForFedAuth ? [[Token.fedAuthRequired, Buffer.from([1])]] : []),
  ];
  const table = Buffer.alloc(options.length * 5 + 1);
  let offset = table.length;
  options.forEach(([token, data], i) => {
    table[i * 5] = token;
    table.writeUInt16BE(offset, i * 5 + 1);
    table.writeUInt16BE(data.length, i * 5 + 3);
    offset += data.length;
  });
  table[table.length - 1] = Token.end;
  return Buffer.concat([table, ...options.map(([, data]) => data)]);
}
