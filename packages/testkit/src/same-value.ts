import { canonicalJson, type Json, parseJson } from '@dbsync/core/contract';

/**
 * True where a stored value is exactly the upstream's: the same number, the same instant, the same code units of text.
 * Spelling counts in text only. In a text column a value that is no string may be its JSON text; in a typed one `''`
 * may be NULL. A name that no typed column could have (see {@link isTextField}) follows the rule of text.
 */
export function sameValue(field: string, upstream: Json | undefined, stored: Json | undefined): boolean {
  const want = upstream ?? null;
  const have = stored ?? null;
  if (want === have || sameJson(want, have)) return true;
  const isWrittenDown = typeof have === 'string' && typeof want !== 'string' && want !== null;
  if (isWrittenDown && sameJson(want, parsed(have))) return true;
  if (isTextField(field)) return false;
  if (want === '') return have === null;
  return same(decimalOf(want), decimalOf(have)) || same(instantOf(want), instantOf(have));
}

/** True for fields that are text in every database, custom ones with a matching name among them. */
export function isTextField(field: string): boolean {
  return TEXT_FIELDS.has(field) || field.startsWith('text');
}

const TEXT_FIELDS = new Set(['$comment', '$source', '$ref', '$status', 'user', 'actor', 'location', 'filename']);

function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

function same(a: string | null, b: string | null): boolean {
  return a !== null && a === b;
}

/** Parses JSON text, numbers with their digits; `undefined` where it is none. */
function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const DECIMAL = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?(?:e([+-]?\d{1,4}))?$/i;

/** Returns one spelling of a number: its digits without zeros at either end, and the power of ten after them. */
function decimalOf(value: Json): string | null {
  if (value === null || typeof value === 'boolean') return null;
  const match = DECIMAL.exec(typeof value === 'string' ? value : canonicalJson(value));
  if (match === null || !/\d/.test(match[0])) return null;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const all = (whole + fraction).replace(/^0+/, '');
  const significant = all.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + all.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** Returns the seconds since 1970 and the digits after the point; null for a text that is no time with a zone. */
function instantOf(value: Json): string | null {
  const match = typeof value === 'string' ? TIME.exec(value) : null;
  if (match === null) return null;
  const [, day = '', time, fraction = '', zone = ''] = match;
  // The parser takes 30 February for 2 March.
  if (new Date(day).toJSON()?.slice(0, 10) !== day) return null;
  const offset = zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_all, hours, minutes = '00') => `${hours}:${minutes}`);
  const seconds = Date.parse(`${day}T${time}${offset}`) / 1000;
  return Number.isNaN(seconds) ? null : `${seconds}.${fraction}`;
}
