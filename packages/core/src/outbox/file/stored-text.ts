/** A text in the form that the file holds: see {@link storeText} and {@link storeId}. */
export type StoredText = string | Uint8Array;

/**
 * Stores any text without loss: UTF-8 has no lone surrogates, so a text with one is stored in UTF-16 after a zero byte.
 */
export function storeText(text: string): StoredText {
  return text.isWellFormed() ? text : Buffer.concat([Buffer.of(0), Buffer.from(text, 'utf16le')]);
}

/**
 * Stores an id or a hash. Most have 32 hexadecimal digits, which are stored as 16 bytes, since the ledger has a million
 * of them.
 */
export function storeId(id: string): StoredText {
  return HEX.test(id) ? Buffer.from(id, 'hex') : storeText(id);
}

/**
 * Returns the text that `storeText` or `storeId` stored. Text in UTF-16 has an odd number of bytes, so it is never read
 * as a hash. A number or another value that a different program wrote is returned as its text (R36).
 */
export function readText(stored: StoredText): string {
  if (!(stored instanceof Uint8Array)) return String(stored);
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  return bytes.length === 16 ? bytes.toString('hex') : bytes.toString('utf16le', 1);
}

const HEX = /^[\da-f]{32}$/;
