import { u8 } from './byte-parts.ts';
import type { ByteReader } from './byte-reader.ts';
import type { DataType, TdsValue } from './data-type.ts';

interface LengthPrefixed {
  readonly name: string;
  readonly info: readonly number[];
  /** Reads a value of this number of bytes, all of them. */
  read(source: ByteReader, size: number): TdsValue;
  write(value: Exclude<TdsValue, null>): Buffer;
}

/** A type whose values follow a byte with their length, 0 for NULL (MS-TDS 2.2.5.4.3, BYTELEN_TYPE). */
export function lengthPrefixedType({ name, info, read, write }: LengthPrefixed): DataType {
  return {
    name,
    info: Buffer.from(info),
    read: (source) => {
      const size = source.u8();
      return size === 0 ? null : read(source, size);
    },
    write: (value) => {
      if (value === null) return u8(0);
      const bytes = write(value);
      return Buffer.concat([u8(bytes.length), bytes]);
    },
  };
}
