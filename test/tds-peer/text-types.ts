import { u8, u16, u32, u64 } from './byte-parts.ts';
import type { ByteReader } from './byte-reader.ts';
import { type DataType, unfit } from './data-type.ts';

/** The default collation of a new SQL Server, SQL_Latin1_General_CP1_CI_AS (MS-TDS 2.2.5.1.2, COLLATION). */
export const collation = Buffer.of(0x09, 0x04, 0xd0, 0x00, 0x34);

const kinds = {
  nvarchar: { token: 0xe7, unitBytes: 2, encoding: 'utf16le' },
  nchar: { token: 0xef, unitBytes: 2, encoding: 'utf16le' },
  varchar: { token: 0xa7, unitBytes: 1, encoding: 'latin1' },
} as const;

/** The length of a type `(max)`, whose values come in chunks. */
export const MAX = 0xffff;
const NULL_LENGTH = 0xffff;

/**
 * Returns the type of text of at most this number of bytes, or {@link MAX} (MS-TDS 2.2.5.4.3, USHORTLEN_TYPE, and 2.2.5.4.4,
 * PARTLENTYPE).
 */
export function textType(kind: keyof typeof kinds, maxBytes: number): DataType {
  const { token, unitBytes, encoding } = kinds[kind];
  const name = `${kind}(${maxBytes === MAX ? 'max' : maxBytes / unitBytes})`;
  return {
    name,
    info: Buffer.concat([u8(token), u16(maxBytes), collation]),
    read: (source) => readBytes(source, maxBytes)?.toString(encoding) ?? null,
    write: (value) => {
      if (value !== null && typeof value !== 'string') throw unfit(name, value);
      return bytesOf(value === null ? null : Buffer.from(value, encoding), maxBytes);
    },
  };
}

/** Returns the type of bytes, at most this number of them or {@link MAX}. */
export function binaryType(maxBytes: number): DataType {
  const name = `varbinary(${maxBytes === MAX ? 'max' : maxBytes})`;
  return {
    name,
    info: Buffer.concat([u8(0xa5), u16(maxBytes)]),
    read: (source) => readBytes(source, maxBytes),
    write: (value) => {
      if (value !== null && !Buffer.isBuffer(value)) throw unfit(name, value);
      return bytesOf(value, maxBytes);
    },
  };
}

function readBytes(source: ByteReader, maxBytes: number): Buffer | null {
  if (maxBytes === MAX) return readChunks(source);
  const length = source.u16();
  return length === NULL_LENGTH ? null : source.bytes(length);
}

function bytesOf(value: Buffer | null, maxBytes: number): Buffer {
  if (maxBytes === MAX) return chunksOf(value);
  if (value === null) return u16(NULL_LENGTH);
  if (value.length > maxBytes) throw new RangeError(`${value.length} bytes do not fit into ${maxBytes}`);
  return Buffer.concat([u16(value.length), value]);
}

const NULL_VALUE = 0xffff_ffff_ffff_ffffn;
const UNKNOWN_LENGTH = 0xffff_ffff_ffff_fffen;
const CHUNK_BYTES = 8000;

/** Reads a PLP_BODY (MS-TDS 2.2.5.2.3): a length that may be unknown, chunks, and an empty one as the end. */
function readChunks(source: ByteReader): Buffer | null {
  const length = source.u64();
  if (length === NULL_VALUE) return null;
  const chunks: Buffer[] = [];
  for (let size = source.u32(); size > 0; size = source.u32()) chunks.push(source.bytes(size));
  const bytes = Buffer.concat(chunks);
  if (length !== UNKNOWN_LENGTH && BigInt(bytes.length) !== length)
    throw new Error(`A value of ${length} bytes came as ${bytes.length}`);
  return bytes;
}

function chunksOf(value: Buffer | null): Buffer {
  if (value === null) return u64(NULL_VALUE);
  const parts = [u64(BigInt(value.length))];
  for (let at = 0; at < value.length; at += CHUNK_BYTES) {
    const chunk = value.subarray(at, at + CHUNK_BYTES);
    parts.push(u32(chunk.length), chunk);
  }
  return Buffer.concat([...parts, u32(0)]);
}
