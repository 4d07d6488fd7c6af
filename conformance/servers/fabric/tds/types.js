// Types of T-SQL, their TYPE_INFO, and values on the wire.
import { ProtocolError } from './packets.js';

const Id = { bitN: 0x68, intN: 0x26, floatN: 0x6d, decimalN: 0x6a, numericN: 0x6c, moneyN: 0x6e, dateTimeN: 0x6f, guid: 0x24, date: 0x28, time: 0x29, dateTime2: 0x2a, dateTimeOffset: 0x2b, varBinary: 0xa5, varChar: 0xa7, binary: 0xad, char: 0xaf, nVarChar: 0xe7, nChar: 0xef, int1: 0x30, bit: 0x32, int2: 0x34, int4: 0x38, float4: 0x3b, float8: 0x3e, int8: 0x7f, null: 0x1f };
const integerBytes = { tinyint: 1, smallint: 2, int: 4, bigint: 8 };
const daysTo1970 = 719162;
const microsecondsPerDay = 86_400_000_000n;

export const collationBytes = {
  BIN2: Buffer.from([0x09, 0x04, 0x00, 0x26, 0x00]),
  CI: Buffer.from([0x09, 0x04, 0x10, 0x24, 0x00]),
};

const isText = (kind) => kind === 'varchar' || kind === 'char' || kind === 'nvarchar' || kind === 'nchar';
const isMax = (type) => type.length === 'max';

function decimalBytes(precision) {
  return precision <= 9 ? 5 : precision <= 19 ? 9 : precision <= 28 ? 13 : 17;
}

function timeBytes(scale) {
  return scale <= 2 ? 3 : scale <= 4 ? 4 : 5;
}

const fixedIds = { bit: Id.bit, tinyint: Id.int1, smallint: Id.int2, int: Id.int4, bigint: Id.int8, real: Id.float4, float: Id.float8 };

/** Whether values of a column travel without their length: plain numbers that are never NULL. */
export const isFixed = (column) => column.nullable === false && column.type.kind in fixedIds;

/** TYPE_INFO of a column. */
export const columnTypeInfo = (column) => (isFixed(column) ? Buffer.from([fixedIds[column.type.kind]]) : typeInfo(column.type));

/** TYPE_INFO of a type. */
export function typeInfo(type) {
  const length = (count) => { const b = Buffer.alloc(2); b.writeUInt16LE(count); return b; };
  switch (type.kind) {
    case 'bit': return Buffer.from([Id.bitN, 1]);
    case 'tinyint': case 'smallint': case 'int': case 'bigint': return Buffer.from([Id.intN, integerBytes[type.kind]]);
    case 'real': return Buffer.from([Id.floatN, 4]);
    case 'float': return Buffer.from([Id.floatN, 8]);
    case 'decimal': return Buffer.from([Id.decimalN, decimalBytes(type.precision), type.precision, type.scale]);
    case 'date': return Buffer.from([Id.date]);
    case 'time': return Buffer.from([Id.time, type.scale]);
    case 'datetime2': return Buffer.from([Id.dateTime2, type.scale]);
    case 'uniqueidentifier': return Buffer.from([Id.guid, 16]);
    case 'varbinary': return Buffer.concat([Buffer.from([Id.varBinary]), length(isMax(type) ? 0xffff : type.length)]);
    case 'varchar': return Buffer.concat([Buffer.from([Id.varChar]), length(isMax(type) ? 0xffff : type.length), collationBytes[type.collation ?? 'BIN2']]);
    case 'char': return Buffer.concat([Buffer.from([Id.char]), length(type.length), collationBytes[type.collation ?? 'BIN2']]);
    case 'nvarchar': return Buffer.concat([Buffer.from([Id.nVarChar]), length(isMax(type) ? 0xffff : type.length * 2), collationBytes[type.collation ?? 'BIN2']]);
    default: throw new Error(`The type ${type.kind} has no TYPE_INFO here.`);
  }
}

/** Appends values to a growing buffer. */
export class ValueWriter {
  constructor() {
    this.bytes = Buffer.allocUnsafe(1 << 14);
    this.length = 0;
  }

  reserve(count) {
    if (this.length + count > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + count));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
  }

  byte(value) {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  raw(buffer) {
    this.reserve(buffer.length);
    buffer.copy(this.bytes, this.length);
    this.length += buffer.length;
  }

  little(value, count) {
    this.reserve(count);
    let rest = BigInt.asUintN(count * 8, BigInt(value));
    for (let i = 0; i < count; i++) {
      this.bytes[this.length++] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }

  take() {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  /** A value of a column. */
  cell(column, value) {
    const start = this.length;
    this.value(column.type, value);
    if (isFixed(column)) {
      this.bytes.copyWithin(start, start + 1, this.length);
      this.length--;
    }
  }

  /** A value of a type, or its NULL. Values are as DuckDB's client gives them. */
  value(type, value) {
    if (value === null || value === undefined) {
      this.#null(type);
      return;
    }

    switch (type.kind) {
      case 'bit':
        this.little(1, 1);
        this.byte(value === true || value === 1 || value === 1n ? 1 : 0);
        break;
      case 'tinyint': case 'smallint': case 'int': case 'bigint':
        this.byte(integerBytes[type.kind]);
        this.little(value, integerBytes[type.kind]);
        break;
      case 'real':
        this.reserve(5);
        this.byte(4);
        this.length = this.bytes.writeFloatLE(value, this.length);
        break;
      case 'float':
        this.reserve(9);
        this.byte(8);
        this.length = this.bytes.writeDoubleLE(value, this.length);
        break;
      case 'decimal': {
        const unscaled = value.value;
        if (value.scale !== type.scale) {
          throw new Error(`A decimal of scale ${value.scale} was computed for a column of scale ${type.scale}.`);
        }

        const count = decimalBytes(type.precision);
        this.byte(count);
        this.byte(unscaled < 0n ? 0 : 1);
        this.little(unscaled < 0n ? -unscaled : unscaled, count - 1);
        break;
      }
      case 'date':
        this.byte(3);
        this.little(value.days + daysTo1970, 3);
        break;
      case 'time':
        this.byte(timeBytes(type.scale));
        this.#time(value.micros, type.scale);
        break;
      case 'datetime2': {
        const since1 = value.micros + BigInt(daysTo1970) * microsecondsPerDay;
        const days = since1 / microsecondsPerDay;
        this.byte(timeBytes(type.scale) + 3);
        this.#time(since1 - days * microsecondsPerDay, type.scale);
        this.little(days, 3);
        break;
      }
      case 'uniqueidentifier': {
        const hex = Buffer.from(String(value).replace(/-/g, ''), 'hex');
        this.byte(16);
        this.raw(Buffer.from([hex[3], hex[2], hex[1], hex[0], hex[5], hex[4], hex[7], hex[6], ...hex.subarray(8)]));
        break;
      }
      case 'varbinary':
        this.#sized(type, value.bytes ?? value);
        break;
      case 'varchar': case 'char':
        this.#sized(type, Buffer.from(value, 'utf8'));
        break;
      case 'nvarchar':
        this.#sized(type, Buffer.from(value, 'utf16le'));
        break;
      default:
        throw new Error(`The type ${type.kind} cannot be sent.`);
    }
  }

  #null(type) {
    if (isText(type.kind) || type.kind === 'varbinary') {
      this.little(isMax(type) ? 0xffffffffffffffffn : 0xffff, isMax(type) ? 8 : 2);
    } else {
      this.byte(0);
    }
  }

  #time(microseconds, scale) {
    this.little(BigInt(microseconds) * 10n / 10n ** BigInt(7 - scale), timeBytes(scale));
  }

  #sized(type, bytes) {
    if (!isMax(type)) {
      this.little(bytes.length, 2);
      this.raw(bytes);
      return;
    }

    this.little(bytes.length, 8);
    if (bytes.length > 0) {
      this.little(bytes.length, 4);
      this.raw(bytes);
    }

    this.little(0, 4);
  }
}

/** Reads parameters of a request. */
export class ValueReader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get ended() {
    return this.at >= this.bytes.length;
  }

  #need(count) {
    if (this.at + count > this.bytes.length) {
      throw new ProtocolError('A request is cut off.');
    }
  }

  u8() { this.#need(1); return this.bytes[this.at++]; }
  u16() { this.#need(2); const v = this.bytes.readUInt16LE(this.at); this.at += 2; return v; }
  u32() { this.#need(4); const v = this.bytes.readUInt32LE(this.at); this.at += 4; return v; }
  raw(count) { this.#need(count); const v = this.bytes.subarray(this.at, this.at + count); this.at += count; return v; }
  text(characters) { return this.raw(characters * 2).toString('utf16le'); }

  little(count) {
    const bytes = this.raw(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(bytes[i]);
    }

    return value;
  }

  signed(count) {
    return BigInt.asIntN(count * 8, this.little(count));
  }

  /** { name, isOutput, type, value }: integers as bigint, decimals as { value, scale }, times as { days } and { micros }. */
  parameter() {
    const name = this.text(this.u8());
    const status = this.u8();
    const { type, read } = this.#type();
    return { name, isOutput: (status & 1) !== 0, type, value: read() };
  }

  #type() {
    const id = this.u8();
    const fixed = (type, read) => ({ type, read });
    const variable = (type, read) => ({ type, read: () => { const length = this.u8(); return length === 0 ? null : read(length); } });
    switch (id) {
      case Id.null: return fixed({ kind: 'int' }, () => null);
      case Id.bit: return fixed({ kind: 'bit' }, () => this.u8() !== 0);
      case Id.int1: return fixed({ kind: 'tinyint' }, () => BigInt(this.u8()));
      case Id.int2: return fixed({ kind: 'smallint' }, () => this.signed(2));
      case Id.int4: return fixed({ kind: 'int' }, () => this.signed(4));
      case Id.int8: return fixed({ kind: 'bigint' }, () => this.signed(8));
      case Id.float4: return fixed({ kind: 'real' }, () => this.raw(4).readFloatLE());
      case Id.float8: return fixed({ kind: 'float' }, () => this.raw(8).readDoubleLE());
      case Id.bitN: this.u8(); return variable({ kind: 'bit' }, () => this.u8() !== 0);
      case Id.intN: {
        const kind = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' }[this.u8()];
        return variable({ kind }, (length) => (length === 1 ? BigInt(this.u8()) : this.signed(length)));
      }
      case Id.floatN: {
        const kind = this.u8() === 4 ? 'real' : 'float';
        return variable({ kind }, (length) => (length === 4 ? this.raw(4).readFloatLE() : this.raw(8).readDoubleLE()));
      }
      case Id.decimalN: case Id.numericN: {
        this.u8();
        const [precision, scale] = [this.u8(), this.u8()];
        return variable({ kind: 'decimal', precision, scale }, (length) => {
          const sign = this.u8();
          const magnitude = this.little(length - 1);
          return { value: sign === 0 ? -magnitude : magnitude, scale };
        });
      }
      case Id.date: return variable({ kind: 'date' }, () => ({ days: Number(this.little(3)) - daysTo1970 }));
      case Id.time: {
        const scale = this.u8();
        return variable({ kind: 'time', scale }, (length) => ({ micros: this.#time(length, scale) }));
      }
      case Id.dateTime2: {
        const scale = this.u8();
        return variable({ kind: 'datetime2', scale }, (length) => {
          const time = this.#time(length - 3, scale);
          return { micros: time + (this.little(3) - BigInt(daysTo1970)) * microsecondsPerDay };
        });
      }
      case Id.guid: this.u8(); return variable({ kind: 'uniqueidentifier' }, () => {
        const b = this.raw(16);
        const hex = Buffer.from([b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], ...b.subarray(8)]).toString('hex').toUpperCase();
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
      });
      case Id.varBinary: case Id.binary: return this.#long('varbinary', (bytes) => bytes, 1);
      case Id.varChar: case Id.char: return this.#long('varchar', (bytes) => bytes.toString('utf8'), 1, true);
      case Id.nVarChar: case Id.nChar: return this.#long('nvarchar', (bytes) => bytes.toString('utf16le'), 2, true);
      default: throw new ProtocolError(`A parameter has the type 0x${id.toString(16)}, which this server does not take.`);
    }
  }

  #time(length, scale) {
    const ticks = this.little(length) * 10n ** BigInt(7 - scale);
    if (ticks % 10n !== 0n) {
      throw new ProtocolError('A time has more than six digits of its second; this server keeps six.');
    }

    return ticks / 10n;
  }

  #long(kind, convert, unit, hasCollation = false) {
    const size = this.u16();
    if (hasCollation) {
      this.raw(5);
    }

    if (size !== 0xffff) {
      return { type: { kind, length: size / unit }, read: () => { const length = this.u16(); return length === 0xffff ? null : convert(this.raw(length)); } };
    }

    return {
      type: { kind, length: 'max' },
      read: () => {
        const total = this.little(8);
        if (total === 0xffffffffffffffffn) {
          return null;
        }

        const chunks = [];
        for (let length = this.u32(); length !== 0; length = this.u32()) {
          chunks.push(this.raw(length));
        }

        return convert(Buffer.concat(chunks));
      },
    };
  }
}
