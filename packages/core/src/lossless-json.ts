import { digits, type Json } from './contract/index.js';

/**
 * A number that a double would change, or that JavaScript would spell otherwise: 16 digits or more, an exponent, a
 * fraction that ends in 0 or begins with six of them, a minus zero. Numbers follow one of `:[,` and precede one of `,]}`:
 * so none is missed, and text that looks alike costs time, never a value. A third faster than to consume strings first.
 */
const DELICATE_NUMBER = /[:[,]\s*(?:-0|-?(?:[\d.]{16,}|\d+\.\d*0|0\.0{6}\d*|[\d.]+[eE][-+]?\d+))\s*[,\]}]/;

/** `JSON.parse` as of ES2025: the reviver is told the source text of primitives. */
type ParseWithSource = (
  text: string,
  reviver: (name: string, value: Json, context: { readonly source?: string }) => Json,
) => Json;
const parseWithSource = JSON.parse as unknown as ParseWithSource;

/**
 * JSON with every number as it was written: a plain number where it comes out the same, else `Digits`. Every key is an
 * own property, `__proto__` too. Throws a `SyntaxError` for what is no JSON.
 */
export function parseJson(text: string): Json {
  if (/^\s*[[{]/.test(text) && !DELICATE_NUMBER.test(text)) return JSON.parse(text) as Json;
  return parseWithSource(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? digits(source) : value,
  );
}
