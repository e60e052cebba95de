/** Reads a message from front to back. Reading past its end throws. */
export interface ByteReader {
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): bigint;
  /** Reads a signed integer of this number of bytes, at most 8. */
  signed(size: number): bigint;
  /** Reads an unsigned integer of any number of bytes. */
  unsigned(size: number): bigint;
  bytes(size: number): Buffer;
  /** Reads this number of UTF-16 units. */
  text(units: number): string;
  /** Reads a B_VARCHAR: the count of units in a byte, then the text. */
  shortText(): string;
}

/** Creates a reader. It is little-endian, like all of TDS except the packet header and PRELOGIN (MS-TDS 2.2.5.1). */
export function createByteReader(source: Buffer): ByteReader {
  let offset = 0;

  const bytes = (size: number): Buffer => {
    if (size > source.length - offset)
      throw new Error(`The message ends after ${source.length} bytes, ${offset + size} were expected`);
    offset += size;
    return source.subarray(offset - size, offset);
  };
  const unsigned = (size: number): bigint => bytes(size).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const text = (units: number): string => bytes(units * 2).toString('utf16le');
  const u8 = (): number => bytes(1).readUInt8();

  return {
    get left() {
      return source.length - offset;
    },
    u8,
    u16: () => bytes(2).readUInt16LE(),
    u32: () => bytes(4).readUInt32LE(),
    u64: () => bytes(8).readBigUInt64LE(),
    signed: (size) => BigInt.asIntN(size * 8, unsigned(size)),
    unsigned,
    bytes,
    text,
    shortText: () => text(u8()),
  };
}
