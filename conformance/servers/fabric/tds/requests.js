// Requests of a client: SQL batches, remote procedure calls, transactions.
import { ProtocolError } from './packets.js';
import { ValueReader } from './types.js';

const procedures = { 1: 'sp_cursor', 2: 'sp_cursoropen', 7: 'sp_cursorfetch', 9: 'sp_cursorclose', 10: 'sp_executesql', 11: 'sp_prepare', 12: 'sp_execute', 13: 'sp_prepexec', 15: 'sp_unprepare' };

function skipHeaders(reader) {
  const total = reader.u32();
  if (total < 4 || total > reader.bytes.length) {
    throw new ProtocolError('The headers of a request have an impossible length.');
  }

  reader.at = total;
}

/** The text of a batch. */
export function readBatch(payload) {
  const reader = new ValueReader(payload);
  skipHeaders(reader);
  const bytes = payload.subarray(reader.at);
  if (bytes.length % 2 !== 0) {
    throw new ProtocolError('The text of a batch is not UTF-16.');
  }

  return bytes.toString('utf16le');
}

/** A call: { procedure, parameters }. */
export function readCall(payload) {
  const reader = new ValueReader(payload);
  skipHeaders(reader);
  const length = reader.u16();
  const procedure = length === 0xffff ? procedures[reader.u16()] ?? 'unknown' : reader.text(length).toLowerCase();
  reader.u16();
  const parameters = [];
  while (!reader.ended) {
    if (reader.bytes[reader.at] === 0xff || reader.bytes[reader.at] === 0x80) {
      throw new ProtocolError('Several calls in one message are not taken.');
    }

    parameters.push(reader.parameter());
  }

  return { procedure, parameters };
}

/** A transaction request: 5 begin, 7 commit, 8 rollback, 9 savepoint. */
export function readTransaction(payload) {
  const reader = new ValueReader(payload);
  skipHeaders(reader);
  return reader.u16();
}
