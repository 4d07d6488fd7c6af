// Tokens of a response.
import { columnTypeInfo, typeInfo } from './types.js';
import { serverVersion } from './prelogin.js';

const Token = { colMetadata: 0x81, row: 0xd1, nbcRow: 0xd2, returnStatus: 0x79, returnValue: 0xac, error: 0xaa, info: 0xab, loginAck: 0xad, featureAck: 0xae, envChange: 0xe3, done: 0xfd, doneProc: 0xfe, doneInProc: 0xff };
export const Done = { final: 0, more: 0x01, error: 0x02, count: 0x10, attention: 0x20 };
export const EnvChange = { database: 1, language: 2, packetSize: 4, collation: 7, beginTransaction: 8, commit: 9, rollback: 10, reset: 18, routing: 20 };
const selectCommand = 0xc1;

const u16 = (value) => { const b = Buffer.alloc(2); b.writeUInt16LE(value); return b; };
const u32 = (value) => { const b = Buffer.alloc(4); b.writeUInt32LE(value >>> 0); return b; };
const shortText = (text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, 'utf16le')]);
const longText = (text) => Buffer.concat([u16(text.length), Buffer.from(text, 'utf16le')]);
const sized = (token, body) => Buffer.concat([Buffer.from([token]), u16(body.length), body]);

export const envChangeText = (type, now, before) => sized(Token.envChange, Buffer.concat([Buffer.from([type]), shortText(now), shortText(before)]));
export const envChangeBytes = (type, now, before) => sized(Token.envChange, Buffer.concat([Buffer.from([type, now.length]), now, Buffer.from([before.length]), before]));
export const resetAck = () => envChangeBytes(EnvChange.reset, Buffer.alloc(0), Buffer.alloc(0));

function message(token, { number, state = 1, severity, text, server = 'fabric', procedure = '', line = 1 }) {
  const clipped = text.length > 4000 ? text.slice(0, 4000) : text;
  const body = Buffer.alloc(6);
  body.writeInt32LE(number, 0);
  body[4] = state;
  body[5] = severity;
  return sized(token, Buffer.concat([body, longText(clipped), shortText(server), shortText(procedure), u32(line)]));
}

export const error = (details) => message(Token.error, { severity: 16, ...details });
export const info = (details) => message(Token.info, { severity: 0, ...details });

export function loginAck(tds8) {
  const version = tds8 ? [8, 0, 0, 0] : [0x74, 0, 0, 4];
  return sized(Token.loginAck, Buffer.concat([Buffer.from([1, ...version]), shortText('Microsoft SQL Server'), serverVersion.subarray(0, 4)]));
}

export const featureAck = (acks) => Buffer.concat([Buffer.from([Token.featureAck]), ...acks.map(([id, data]) => Buffer.concat([Buffer.from([id]), u32(data.length), data])), Buffer.from([0xff])]);

function anyDone(token, status, rows, command) {
  const body = Buffer.alloc(13);
  body[0] = token;
  body.writeUInt16LE(status, 1);
  body.writeUInt16LE(command, 3);
  body.writeBigUInt64LE(BigInt(rows), 5);
  return body;
}

export const done = (status, rows = 0, command = selectCommand) => anyDone(Token.done, status, rows, command);
export const doneInProc = (status, rows = 0, command = selectCommand) => anyDone(Token.doneInProc, status, rows, command);
export const doneProc = (status, rows = 0, command = 0xe0) => anyDone(Token.doneProc, status, rows, command);
export const returnStatus = (value) => { const b = Buffer.alloc(5); b[0] = Token.returnStatus; b.writeInt32LE(value, 1); return b; };
export const returnValue = (ordinal, name, type, encoded) => Buffer.concat([Buffer.from([Token.returnValue]), u16(ordinal), shortText(name), Buffer.from([1]), u32(0), u16(0), typeInfo(type), encoded]);

/** Columns: { name, type, nullable }. */
export function colMetadata(columns) {
  const parts = [Buffer.from([Token.colMetadata]), u16(columns.length)];
  for (const column of columns) {
    parts.push(u32(0), u16(column.nullable === false ? 0x0008 : 0x0009), columnTypeInfo(column), shortText(column.name));
  }

  return Buffer.concat(parts);
}

export const rowToken = Token.row;
export const nbcRowToken = Token.nbcRow;
