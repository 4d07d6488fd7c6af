// LOGIN7: a fixed part of 94 bytes whose fields point into the rest, and feature extensions.
import { ProtocolError } from './packets.js';

export const Feature = { sessionRecovery: 0x01, fedAuth: 0x02, utf8: 0x0a };
const fixedBytes = 94;

/** The client's login: user, password (or access token), database, sizes, features. Secrets are never logged. */
export function readLogin(payload) {
  if (payload.length < fixedBytes || payload.readUInt32LE(0) > payload.length) {
    throw new ProtocolError('LOGIN7 is shorter than it says.');
  }

  const text = (at, transform = (bytes) => bytes) => {
    const [offset, characters] = [payload.readUInt16LE(at), payload.readUInt16LE(at + 2)];
    if (offset + characters * 2 > payload.length) {
      throw new ProtocolError('A field of LOGIN7 lies outside of its message.');
    }

    return transform(Buffer.from(payload.subarray(offset, offset + characters * 2))).toString('utf16le');
  };
  const features = readFeatures(payload);
  return {
    tdsVersion: payload.readUInt32LE(4),
    packetSize: payload.readUInt32LE(8),
    isReadOnlyIntent: (payload[26] & 0x20) !== 0,
    integrated: (payload[25] & 0x80) !== 0,
    host: text(36),
    user: text(40),
    password: text(44, unscramble),
    application: text(48),
    server: text(52),
    library: text(60),
    database: text(68),
    features,
    fedAuth: features.has(Feature.fedAuth) ? readFedAuth(features.get(Feature.fedAuth)) : null,
  };
}

/** Each byte XOR 0xA5, then its halves exchanged. */
export function unscramble(bytes) {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ^ 0xa5;
    bytes[i] = ((byte << 4) | (byte >> 4)) & 0xff;
  }

  return bytes;
}

function readFeatures(payload) {
  const features = new Map();
  if ((payload[27] & 0x10) === 0 || payload.readUInt16LE(58) < 4) {
    return features;
  }

  const pointer = payload.readUInt16LE(56);
  if (pointer + 4 > payload.length) {
    throw new ProtocolError('The extension of LOGIN7 lies outside of its message.');
  }

  for (let at = payload.readUInt32LE(pointer); ; ) {
    if (at >= payload.length) {
      throw new ProtocolError('The features of LOGIN7 have no end.');
    }

    if (payload[at] === 0xff) {
      return features;
    }

    if (at + 5 > payload.length || at + 5 + payload.readUInt32LE(at + 1) > payload.length) {
      throw new ProtocolError('A feature of LOGIN7 is cut off.');
    }

    const length = payload.readUInt32LE(at + 1);
    features.set(payload[at], payload.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
}

function readFedAuth(data) {
  if (data.length < 1) {
    throw new ProtocolError('The FEDAUTH feature is empty.');
  }

  const library = data[0] >> 1;
  if (library === 1) {
    if (data.length < 5 || data.length < 5 + data.readUInt32LE(1)) {
      throw new ProtocolError('The access token of LOGIN7 is cut off.');
    }

    return { library, token: data.subarray(5, 5 + data.readUInt32LE(1)).toString('utf16le') };
  }

  if (library === 2) {
    return { library, workflow: data[1] };
  }

  throw new ProtocolError(`FEDAUTH library ${library} is not known.`);
}

/** What a client with library 2 needs to fetch a token: the authority and the resource. */
export function fedAuthInfo(authority, resource) {
  const data = [[1, Buffer.from(authority, 'utf16le')], [2, Buffer.from(resource, 'utf16le')]];
  const head = Buffer.alloc(4 + data.length * 9);
  head.writeUInt32LE(data.length, 0);
  let offset = head.length;
  data.forEach(([id, bytes], i) => {
    head[4 + i * 9] = id;
    head.writeUInt32LE(bytes.length, 5 + i * 9);
    head.writeUInt32LE(offset, 9 + i * 9);
    offset += bytes.length;
  });
  const body = Buffer.concat([head, ...data.map(([, bytes]) => bytes)]);
  const token = Buffer.alloc(5);
  token[0] = 0xee;
  token.writeUInt32LE(body.length, 1);
  return Buffer.concat([token, body]);
}

/** The token of a message of type 0x08. */
export function readFedAuthToken(payload) {
  if (payload.length < 8 || payload.length < 8 + payload.readUInt32LE(4)) {
    throw new ProtocolError('The message with the access token is cut off.');
  }

  return payload.subarray(8, 8 + payload.readUInt32LE(4)).toString('utf16le');
}
