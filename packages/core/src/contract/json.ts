/**
 * JSON as the upstream sent it. Objects may own any key, `__proto__` and `constructor` among them: read them with
 * {@link fieldOf} or `Object.entries`, never with a bare index.
 */
export type Json = null | boolean | number | string | Digits | readonly Json[] | Fields;

/** An object of an upstream body, its keys in the order they came. */
export interface Fields {
  readonly [name: string]: Json;
}

/**
 * A number that a double would change, kept as its source text, such as `12345678901234567890` or `1.10`. It is the
 * language's own raw JSON: `JSON.stringify` writes the digits back, and no body can forge one.
 */
export interface Digits {
  readonly rawJSON: string;
}

interface RawJsonApi {
  rawJSON(text: string): Digits;
  isRawJSON(value: unknown): value is Digits;
}
const rawJsonApi = JSON as unknown as RawJsonApi;

/** @param text a number as JSON writes it; anything else throws a `SyntaxError` */
export function digits(text: string): Digits {
  return rawJsonApi.rawJSON(text);
}

/** True for {@link Digits}; no value of a body that was parsed otherwise. */
export function isDigits(value: unknown): value is Digits {
  return rawJsonApi.isRawJSON(value);
}

/** True for an object of a body: not null, not an array, not {@link Digits}. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isDigits(value);
}

/** The object's own value of that name; `undefined` where it has none. */
export function fieldOf(fields: Fields, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

const NON_ASCII = /[\u007f-\uffff]/g;

/**
 * One text for one value: keys sorted by code unit at every depth, no white space, digits as they came, everything
 * outside printable ASCII escaped. So it compares, hashes and survives any encoding, lone surrogates and NUL included.
 */
export function canonicalJson(value: Json): string {
  return write(value).replace(NON_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function write(value: Json): string {
  if (Array.isArray(value)) return `[${value.map((item) => write(item)).join(',')}]`;
  if (!isFields(value)) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${write(member)}`).join(',')}}`;
}
