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

/** Makes {@link Digits}. @param text a number as JSON writes it; any other text throws a `SyntaxError` */
export function digits(text: string): Digits {
  return rawJsonApi.rawJSON(text);
}

/**
 * True for {@link Digits}; false for all other values of a parsed body. They alone have no prototype, which costs a tenth
 * of asking the language.
 */
export function isDigits(value: unknown): value is Digits {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== null) return false;
  return rawJsonApi.isRawJSON(value);
}

/** True for an object of a body: not null, not an array, not {@link Digits}. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isDigits(value);
}

/** Returns the object's own value of that name; `undefined` where it has none. */
export function fieldOf(fields: Fields, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Gives the object this value under any name. */
export function setField(fields: Record<string, Json>, name: string, value: Json): void {
  if (name !== '__proto__') fields[name] = value;
  else Object.defineProperty(fields, name, { value, writable: true, enumerable: true, configurable: true });
}

/**
 * Writes a value as JSON, its digits unchanged. In a value of more levels than `JSON.stringify` has room for, the keys
 * are sorted.
 */
export function jsonText(value: Json): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return canonicalJson(value);
    throw error;
  }
}

/**
 * Returns one text for one value: keys sorted by code unit at every depth, no white space, digits unchanged, everything
 * outside printable ASCII escaped. So it compares, hashes and survives any encoding, lone surrogates and NUL included.
 */
export function canonicalJson(value: Json): string {
  try {
    return written(value);
  } catch (error) {
    if (error instanceof RangeError) return writtenLevelByLevel(value);
    throw error;
  }
}

function written(value: Json): string {
  if (typeof value === 'string') return canonicalText(value);
  if (typeof value === 'number') return value === 0 ? '0' : String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (isDigits(value)) return value.rawJSON;
  let text = '{';
  const fields = value as Fields;
  for (const name of Object.keys(fields).sort()) {
    text += `${text.length > 1 ? ',' : ''}${canonicalName(name)}${written(fields[name] ?? null)}`;
  }
  return `${text}}`;
}

/** Writes the same text of a value with more levels than the stack has room for: a few thousand are too many. */
function writtenLevelByLevel(root: Json): string {
  const pieces: string[] = [];
  const due: ({ readonly value: Json } | string)[] = [{ value: root }];
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    if (typeof next === 'string') {
      pieces.push(next);
      continue;
    }
    const { value } = next;
    if (Array.isArray(value)) {
      due.push(']');
      for (let at = value.length - 1; at >= 0; at -= 1) due.push({ value: value[at] ?? null }, at === 0 ? '' : ',');
      due.push('[');
    } else if (isFields(value)) {
      const names = Object.keys(value).sort().reverse();
      due.push('}');
      for (const [behind, name] of names.entries()) {
        const comma = behind === names.length - 1 ? '' : ',';
        due.push({ value: value[name] ?? null }, `${comma}${canonicalName(name)}`);
      }
      due.push('{');
    } else pieces.push(written(value));
  }
  return pieces.join('');
}

const NEEDS_NO_ESCAPE = /^[ !#-[\]-~]*$/;
const NOT_ASCII = /[\u007f-\uffff]/g;

function canonicalText(text: string): string {
  if (NEEDS_NO_ESCAPE.test(text)) return `"${text}"`;
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(NOT_ASCII, escaped);
}

/**
 * Names that were written before. The same few names come again and again: writing them each time took a fifth of the
 * time.
 */
const canonicalNames = new Map<string, string>();
const MAX_NAMES = 1000;

function canonicalName(name: string): string {
  const known = canonicalNames.get(name);
  if (known !== undefined) return known;
  const text = `${canonicalText(name)}:`;
  if (name.length <= 100 && canonicalNames.size < MAX_NAMES) canonicalNames.set(name, text);
  return text;
}
