import { endOfQuotedText } from '../contract/quoted-text.js';

/** An answer up to this length fits into memory with any content. */
const LIGHT_LENGTH = 1 << 20;
/**
 * The most memory that one value takes, and that one list or object takes with the objects that dbsync makes from it.
 */
const VALUE_BYTES = 32;
const HOLDER_BYTES = 512;
const MOST_BYTES = 128 << 20;

const [QUOTE, COMMA, LIST, OBJECT] = [0x22, 0x2c, 0x5b, 0x7b];

/**
 * Returns whether a JSON text has so many values that they take too much memory: a text of `[],` takes 70 times its
 * length. Counts the values without creating them. For a text that is no JSON, either result is possible.
 */
export function isTooHeavy(text: string): boolean {
  if (text.length <= LIGHT_LENGTH) return false;
  let bytes = 0;
  for (let at = 0; at < text.length && bytes <= MOST_BYTES; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = lastOfText(text, at);
    else if (unit === COMMA) bytes += VALUE_BYTES;
    else if (unit === LIST || unit === OBJECT) bytes += HOLDER_BYTES;
  }
  return bytes > MOST_BYTES;
}

/**
 * Returns the index of the quotation mark that ends the text which begins at `start`, or the end of the JSON text if
 * there is none.
 */
function lastOfText(text: string, start: number): number {
  const end = endOfQuotedText(text, start);
  return end < 0 ? text.length : end - 1;
}
