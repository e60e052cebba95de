import { endOfQuotedText } from '../contract/quoted-text.js';

/** Answers up to this length fit into memory whatever they hold. */
const LIGHT_LENGTH = 1 << 20;
/** The memory that a value, and a list or object with what dbsync makes of it, takes at most. */
const VALUE_BYTES = 32;
const HOLDER_BYTES = 512;
const MOST_BYTES = 128 << 20;

const [QUOTE, COMMA, LIST, OBJECT] = [0x22, 0x2c, 0x5b, 0x7b];

/**
 * Whether a JSON text has so many values that they take too much memory: a text of `[],` takes 70 times its length. Counts them
 * without making them. A text that is no JSON may get either answer.
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

/** The place of the quotation mark that ends the text which begins here; the end of all where none does. */
function lastOfText(text: string, start: number): number {
  const end = endOfQuotedText(text, start);
  return end < 0 ? text.length : end - 1;
}
