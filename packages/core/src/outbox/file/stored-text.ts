/** A text as the file holds it: see {@link storeText} and {@link storeId}. */
export type StoredText = string | Uint8Array;

/** Any text, code unit by code unit: UTF-8 has no lone surrogates, so a text with one is kept in UTF-16 behind a zero byte. */
export function storeText(text: string): StoredText {
  return text.isWellFormed() ? text : Buffer.concat([Buffer.of(0), Buffer.from(text, 'utf16le')]);
}

/** An id or a hash. Most are 32 hexadecimal digits, of which the file holds the 16 bytes: the ledger has a million. */
export function storeId(id: string): StoredText {
  return HEX.test(id) ? Buffer.from(id, 'hex') : storeText(id);
}

/**
 * The text that was stored, by either: text in UTF-16 has an odd number of bytes, so it is never taken for a hash. A number or
 * another value that a different program put there is read as its text (R36).
 */
export function readText(stored: StoredText): string {
  if (!(stored instanceof Uint8Array)) return String(stored);
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  return bytes.length === 16 ? bytes.toString('hex') : bytes.toString('utf16le', 1);
}

const HEX = /^[\da-f]{32}$/;
