export function u8(value: number): Buffer {
  return Buffer.of(value);
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** Writes this number of little-endian bytes of an integer, in two's complement when it is negative. */
export function integer(value: bigint, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => Number(BigInt.asUintN(8, value >> BigInt(index * 8)))));
}

/** Writes UTF-16, as all text of TDS is. */
export function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

/** Writes a B_VARCHAR: the count of units in a byte, then the text (MS-TDS 2.2.5.2.2). */
export function shortText(text: string): Buffer {
  return Buffer.concat([u8(text.length), utf16(text)]);
}

/** Writes a US_VARCHAR: the count of units in two bytes, then the text. */
export function longText(text: string): Buffer {
  return Buffer.concat([u16(text.length), utf16(text)]);
}

/** Writes a B_VARBYTE: the count of bytes in a byte, then the bytes. */
export function shortBytes(bytes: Buffer): Buffer {
  return Buffer.concat([u8(bytes.length), bytes]);
}

/** Writes the count of bytes in two bytes, then the bytes, as most tokens have them after their type. */
export function counted(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([u16(bytes.length), bytes]);
}
