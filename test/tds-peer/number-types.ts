import { integer, u8 } from './byte-parts.ts';
import { type DataType, unfit } from './data-type.ts';
import { lengthPrefixedType } from './length-prefixed-type.ts';

export function bitType(): DataType {
  return lengthPrefixedType({
    name: 'bit',
    info: [0x68, 1],
    read: (source) => source.u8() !== 0,
    write: (value) => {
      if (typeof value !== 'boolean') throw unfit('bit', value);
      return u8(value ? 1 : 0);
    },
  });
}

const integerNames: Readonly<Record<number, string>> = { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' };

export function integerType(maxBytes: number): DataType {
  const name = integerNames[maxBytes];
  if (name === undefined) throw new Error(`No integer has ${maxBytes} bytes`);
  return lengthPrefixedType({
    name,
    info: [0x26, maxBytes],
    read: (source, size) => {
      const value = size === 1 ? source.unsigned(1) : source.signed(size);
      return maxBytes === 8 ? value : Number(value);
    },
    write: (value) => {
      if (typeof value !== 'bigint' && !Number.isInteger(value)) throw unfit(name, value);
      return integer(BigInt(value as bigint | number), maxBytes);
    },
  });
}

export function floatType(maxBytes: number): DataType {
  const name = maxBytes === 4 ? 'real' : 'float';
  return lengthPrefixedType({
    name,
    info: [0x6d, maxBytes],
    read: (source, size) => (size === 4 ? source.bytes(4).readFloatLE() : source.bytes(8).readDoubleLE()),
    write: (value) => {
      if (typeof value !== 'number') throw unfit(name, value);
      const bytes = Buffer.alloc(maxBytes);
      if (maxBytes === 4) bytes.writeFloatLE(value);
      else bytes.writeDoubleLE(value);
      return bytes;
    },
  });
}

/** A sign, then the digits as one integer (MS-TDS 2.2.5.5.1.6). Its values are text, to keep them exact. */
export function decimalType(precision: number, scale: number): DataType {
  const name = `decimal(${precision},${scale})`;
  const magnitudeBytes = precision <= 9 ? 4 : precision <= 19 ? 8 : precision <= 28 ? 12 : 16;
  return lengthPrefixedType({
    name,
    info: [0x6a, magnitudeBytes + 1, precision, scale],
    read: (source, size) => {
      const sign = source.u8() === 0 ? '-' : '';
      const digits = source
        .unsigned(size - 1)
        .toString()
        .padStart(scale + 1, '0');
      return sign + (scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`);
    },
    write: (value) => {
      const parts = typeof value === 'string' ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) : null;
      const [, sign, whole = '', fraction = ''] = parts ?? [];
      if (parts === null || fraction.length > scale) throw unfit(name, value);
      return Buffer.concat([
        u8(sign === '-' ? 0 : 1),
        integer(BigInt(whole + fraction.padEnd(scale, '0')), magnitudeBytes),
      ]);
    },
  });
}

/** A GUID: its first three groups are little-endian. */
export function uniqueIdentifierType(): DataType {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const reorder = (bytes: Buffer): Buffer => Buffer.from(order.map((from) => bytes.readUInt8(from)));
  return lengthPrefixedType({
    name: 'uniqueidentifier',
    info: [0x24, 16],
    read: (source) =>
      reorder(source.bytes(16))
        .toString('hex')
        .toUpperCase()
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    write: (value) => {
      if (typeof value !== 'string') throw unfit('uniqueidentifier', value);
      return reorder(Buffer.from(value.replaceAll('-', ''), 'hex'));
    },
  });
}
