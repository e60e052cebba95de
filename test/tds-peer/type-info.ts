import { u8 } from './byte-parts.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import type { DataType } from './data-type.ts';
import { bitType, decimalType, floatType, integerType, uniqueIdentifierType } from './number-types.ts';
import { binaryType, collation, MAX, textType } from './text-types.ts';
import { dateTime2Type, dateType } from './time-types.ts';

/** Reads the type of a TYPE_INFO (MS-TDS 2.2.5.6). */
export function readType(source: ByteReader): DataType {
  const token = source.u8();
  const type = fixed.get(token) ?? nullable.get(token)?.(source);
  if (type === undefined) throw new Error(`No type of the token 0x${token.toString(16)} is known here`);
  return type;
}

/** Returns the type of a T-SQL declaration, such as `nvarchar(max)` or `decimal(38,10)`. */
export function typeNamed(declaration: string): DataType {
  const [, word = '', size = '', scale = '0'] = /^(\w+)(?:\((max|\d+)(?:, ?(\d+))?\))?$/.exec(declaration) ?? [];
  const type = named.get(word)?.(size === 'max' ? null : Number(size), Number(scale));
  if (type === undefined) throw new Error(`No type ${declaration} is known here`);
  return type;
}

/** Types whose values may be NULL (MS-TDS 2.2.5.4.3), by their token; the rest of TYPE_INFO follows it. */
const nullable: ReadonlyMap<number, (source: ByteReader) => DataType> = new Map<
  number,
  (source: ByteReader) => DataType
>([
  [0x24, (source) => sized(source, uniqueIdentifierType)],
  [0x26, (source) => integerType(source.u8())],
  [0x28, () => dateType()],
  [0x2a, (source) => dateTime2Type(source.u8())],
  [0x68, (source) => sized(source, bitType)],
  [0x6a, readDecimal],
  [0x6c, readDecimal],
  [0x6d, (source) => floatType(source.u8())],
  [0xa5, (source) => binaryType(source.u16())],
  [0xa7, (source) => readText(source, 'varchar')],
  [0xe7, (source) => readText(source, 'nvarchar')],
  [0xef, (source) => readText(source, 'nchar')],
]);

/** Types that are never NULL (MS-TDS 2.2.5.4.2): their values come without a length. */
const fixed: ReadonlyMap<number, DataType> = new Map([
  [0x30, withoutLength(integerType(1), 1)],
  [0x32, withoutLength(bitType(), 1)],
  [0x34, withoutLength(integerType(2), 2)],
  [0x38, withoutLength(integerType(4), 4)],
  [0x3b, withoutLength(floatType(4), 4)],
  [0x3e, withoutLength(floatType(8), 8)],
  [0x7f, withoutLength(integerType(8), 8)],
]);

type NamedType = (size: number | null, scale: number) => DataType;

/** Types by name; `(max)` is a size of null. */
const named: ReadonlyMap<string, NamedType> = new Map<string, NamedType>([
  ['bit', () => bitType()],
  ['tinyint', () => integerType(1)],
  ['smallint', () => integerType(2)],
  ['int', () => integerType(4)],
  ['bigint', () => integerType(8)],
  ['real', () => floatType(4)],
  ['float', () => floatType(8)],
  ['decimal', (size, scale) => decimalType(size ?? 0, scale)],
  ['uniqueidentifier', () => uniqueIdentifierType()],
  ['date', () => dateType()],
  ['datetime2', (size) => dateTime2Type(size ?? 0)],
  ['nvarchar', (size) => textType('nvarchar', size === null ? MAX : size * 2)],
  ['nchar', (size) => textType('nchar', (size ?? 0) * 2)],
  ['varchar', (size) => textType('varchar', size ?? MAX)],
  ['varbinary', (size) => binaryType(size ?? MAX)],
]);

function readText(source: ByteReader, kind: 'nvarchar' | 'nchar' | 'varchar'): DataType {
  const maxBytes = source.u16();
  source.bytes(collation.length);
  return textType(kind, maxBytes);
}

function readDecimal(source: ByteReader): DataType {
  source.u8();
  return decimalType(source.u8(), source.u8());
}

/** Reads a type that has one size only, which is written all the same. */
function sized(source: ByteReader, type: () => DataType): DataType {
  source.u8();
  return type();
}

function withoutLength(type: DataType, size: number): DataType {
  return { ...type, read: (source) => type.read(createByteReader(Buffer.concat([u8(size), source.bytes(size)]))) };
}
