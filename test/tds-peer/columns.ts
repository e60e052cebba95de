import { shortText, u8, u16, u32 } from './byte-parts.ts';
import type { ByteReader } from './byte-reader.ts';
import type { TdsValue } from './data-type.ts';
import type { Column } from './requests.ts';
import { readType } from './type-info.ts';

/**
 * The tokens of a table's head and rows in both directions: COLMETADATA (MS-TDS 2.2.7.4), ROW (2.2.7.20) and NBCROW
 * (2.2.7.15).
 */
export const tableToken = { columns: 0x81, row: 0xd1, rowWithNullBitmap: 0xd2 } as const;

const NULLABLE = 0x01;

/** Reads columns, after the token. */
export function readColumns(source: ByteReader): readonly Column[] {
  return Array.from({ length: source.u16() }, () => {
    source.bytes(6);
    const type = readType(source);
    return { name: source.shortText(), type };
  });
}

export function columnsToken(columns: readonly Column[]): Buffer {
  const described = columns.map(({ name, type }) => Buffer.concat([u32(0), u16(NULLABLE), type.info, shortText(name)]));
  return Buffer.concat([u8(tableToken.columns), u16(columns.length), ...described]);
}

/** Reads a row, after the token, which tells whether a bitmap of the NULLs comes first. */
export function readRow(token: number, columns: readonly Column[], source: ByteReader): readonly TdsValue[] {
  if (token !== tableToken.row && token !== tableToken.rowWithNullBitmap)
    throw new Error(`A table goes on with the token 0x${token.toString(16)}`);
  const nulls = token === tableToken.rowWithNullBitmap ? source.bytes(Math.ceil(columns.length / 8)) : null;
  const isNull = (index: number): boolean => nulls !== null && ((nulls.readUInt8(index >> 3) >> (index & 7)) & 1) === 1;
  return columns.map(({ type }, index) => (isNull(index) ? null : type.read(source)));
}

export function rowToken(columns: readonly Column[], row: readonly TdsValue[]): Buffer {
  return Buffer.concat([u8(tableToken.row), ...columns.map(({ type }, index) => type.write(row[index] ?? null))]);
}
