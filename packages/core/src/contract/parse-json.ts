import type { Json } from './json.js';
import { endOfQuotedText } from './quoted-text.js';
import { readJson } from './read-json.js';

/**
 * Matches a number that a double would change, or that JavaScript would spell otherwise: 16 digits or more, an
 * exponent, a fraction that ends in 0 or begins with six of them, a minus zero. Numbers follow one of `:[,` and precede
 * one of `,]}`: so none is missed, and text that looks alike costs time, never a value. This is a third faster than consuming
 * strings first.
 */
const DELICATE_NUMBER = /[:[,]\s*(?:-0|-?(?:[\d.]{16,}|\d+\.\d*0|0\.0{6}\d*|[\d.]+[eE][-+]?\d+))\s*[,\]}]/;

/**
 * Parses JSON with every number unchanged: a plain number where it is written the same, else `Digits`. Every key is an
 * own property, `__proto__` too, under its own name. Work and memory grow with the length of the text, not with its
 * depth. Throws a `SyntaxError` for text that is no JSON.
 */
export function parseJson(text: string): Json {
  const isPlain = /^\s*[[{]/.test(text) && !DELICATE_NUMBER.test(text) && !hasEscapedName(text);
  return isPlain ? (JSON.parse(text) as Json) : readJson(text);
}

/**
 * True where a name has an escape. `JSON.parse` of Node.js 24 may take it for a name of an earlier object at the same
 * place: after `{"\\":1}` it reads `{"\u0000":1}` as `{"\\":1}`, and after `{"\\n":1}` it reads `{"\n\n":1}` as
 * `{"\\n":1}`.
 */
function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; ) {
    const end = endOfQuotedText(text, text.lastIndexOf('"', at));
    if (end < 0) return false;
    let behind = end;
    while (text.charCodeAt(behind) <= SPACE) behind += 1;
    if (text[behind] === ':') return true;
    at = text.indexOf('\\', end);
  }
  return false;
}

const SPACE = 0x20;
