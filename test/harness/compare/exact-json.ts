/** JSON whose numbers keep their digits: a number that a double would change is raw JSON. */
export type ExactJson = null | boolean | number | string | RawNumber | ExactJson[] | { [name: string]: ExactJson };

export interface RawNumber {
  readonly rawJSON: string;
}

interface RawJsonApi {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): ExactJson;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
}
const json = JSON as unknown as RawJsonApi;

/**
 * Matches a number of 16 digits and more, with an exponent, with a fraction that ends in 0, or minus zero; strings may
 * match too.
 */
const SUSPICIOUS = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE]|\d+\.\d*0\s*[,}\]])|[:,[]\s*-0/;

/** Parses text that may hold any number. The exact way is six times as slow, so only text that needs it takes it. */
export function parseExact(text: string): ExactJson {
  if (!SUSPICIOUS.test(text) && !/^\s*-?\d/.test(text)) return JSON.parse(text) as ExactJson;
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || source === JSON.stringify(value)) return value;
    return json.rawJSON(source);
  });
}

export function isRawNumber(value: unknown): value is RawNumber {
  return json.isRawJSON(value);
}

/** True for a JSON object: no array, no number. */
export function isRecord(value: ExactJson | undefined): value is { [name: string]: ExactJson } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value);
}

/** Compares values: numbers by their value, text by its code units, objects in any order of their keys. */
export function sameJson(a: ExactJson, b: ExactJson): boolean {
  const [first, second] = [numberText(a), numberText(b)];
  if (first !== null || second !== null) return first !== null && second !== null && sameNumber(first, second);
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, at) => sameItem(item, b[at]));
  if (!isRecord(a)) return a === b;
  if (!isRecord(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameItem(a[name], b[name]))
  );
}

function sameItem(a: ExactJson | undefined, b: ExactJson | undefined): boolean {
  return a !== undefined && b !== undefined && sameJson(a, b);
}

/** Returns the text of a JSON number; null for any other value. */
export function numberText(value: ExactJson): string | null {
  if (typeof value === 'number') return JSON.stringify(value);
  return isRawNumber(value) ? value.rawJSON : null;
}

/** True for the same number in any spelling; false where one is no number. */
export function sameNumber(a: string, b: string): boolean {
  const first = plainDigits(a);
  return first !== null && first === plainDigits(b);
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Returns sign, digits without zeros at either end, and the power of ten of the last: one text for one number. */
function plainDigits(text: string): string | null {
  const match = NUMBER.exec(text);
  if (!match) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
