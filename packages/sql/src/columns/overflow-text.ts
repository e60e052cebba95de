import { canonicalJson, type Fields, isFields, type Json, parseJson } from '@dbsync/core/contract';

/**
 * The name that holds a value which not every database reads as JSON. Its JSON is a text: `{"$json":"\"a\\u0000b\""}`.
 * PostgreSQL, for example, refuses a whole document for one NUL, one half of a surrogate pair, or a number of hundreds
 * of digits.
 */
const WRAPPED = '$json';

/**
 * Returns the `$overflow` of a row: canonical JSON that every database can read, and that gives back each value
 * exactly.
 */
export function overflowText(values: Fields): string {
  const text = canonicalJson(values);
  if (!mayBeUnreadable(text)) return text;
  const readable = Object.entries(values).map(([field, value]) => [field, readableOf(value)] as const);
  const rest = Object.fromEntries(readable);
  return isUnreadable(canonicalJson(Object.keys(values))) || isWrapped(rest)
    ? canonicalJson({ [WRAPPED]: text })
    : canonicalJson(rest);
}

/** Reads the values of an `$overflow`, also of one written before such values were wrapped. Null: it is no object. */
export function readOverflow(text: string): Fields | null {
  const document = parseJson(text);
  const values = unwrapped(document);
  if (!isFields(values)) return null;
  if (isWrapped(document)) return values;
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, unwrapped(value)]));
}

function readableOf(value: Json): Json {
  const text = canonicalJson(value);
  return isUnreadable(text) || isWrapped(value) ? { [WRAPPED]: text } : value;
}

function unwrapped(value: Json): Json {
  const text = isWrapped(value) ? value[WRAPPED] : undefined;
  return typeof text === 'string' ? parseJson(text) : value;
}

/**
 * True for an object that looks wrapped. Such an object from upstream is wrapped itself, so it comes back unchanged.
 */
function isWrapped(value: Json): value is Fields {
  return isFields(value) && Object.keys(value).length === 1 && typeof value[WRAPPED] === 'string';
}

/** A cheap test. It is also true of some texts that are readable. */
function mayBeUnreadable(text: string): boolean {
  return text.includes('\\u0000') || text.includes('\\ud') || text.includes(`"${WRAPPED}"`) || HUGE_NUMBER.test(text);
}

/**
 * Matches a number that no double holds, which MySQL refuses; and some numbers of hundreds of digits that it would
 * read.
 */
const HUGE_NUMBER = /\de[+-]?\d{3,}|\d{300}/i;
const TEXTS = /"(?:[^"\\]|\\.)*"/g;
const NUL_OR_HALF_A_PAIR =
  /\\u0000|\\ud[89ab][\da-f]{2}(?!\\ud[c-f][\da-f]{2})|(?<!\\ud[89ab][\da-f]{2})\\ud[c-f][\da-f]{2}/;

function isUnreadable(canonical: string): boolean {
  if (!mayBeUnreadable(canonical)) return false;
  const withoutBackslashes = canonical.replaceAll('\\\\', ' ');
  return NUL_OR_HALF_A_PAIR.test(withoutBackslashes) || HUGE_NUMBER.test(canonical.replace(TEXTS, '""'));
}
