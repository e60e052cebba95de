import { canonicalJson, type Fields, isFields, type Json, parseJson, setField } from '@dbsync/core/contract';

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

/** Writes the `$overflow` of one row after another, the same text as {@link overflowText}. */
export interface OverflowWriter {
  /** Adds a value of the row. A field comes at most once. */
  readonly add: (field: string, value: Json) => void;
  /** Returns the text of the values that were added since the last call; null: none were. */
  take(): string | null;
}

/** More names than these are forgotten after their row. */
const MAX_NAMES = 64;

/**
 * Creates a writer. It keeps the names in their order, since those of a table come again with each row: sorting them
 * each time took a third of the time.
 */
export function createOverflowWriter(): OverflowWriter {
  const members = new Map<string, Member>();
  let inOrder: Member[] = [];
  let isSorted = true;
  let count = 0;

  const learn = (field: string): Member => {
    const member = { field, name: `${canonicalJson(field)}:`, value: undefined };
    members.set(field, member);
    inOrder.push(member);
    isSorted = false;
    return member;
  };

  const clear = () => {
    count = 0;
    if (members.size > MAX_NAMES) {
      members.clear();
      inOrder = [];
    } else for (const member of inOrder) member.value = undefined;
  };

  return {
    add(field, value) {
      (members.get(field) ?? learn(field)).value = value;
      count += 1;
    },
    take() {
      if (count === 0) return null;
      if (!isSorted) inOrder.sort((a, b) => (a.field < b.field ? -1 : 1));
      isSorted = true;
      const text = readableText(inOrder) ?? overflowText(valuesOf(inOrder));
      clear();
      return text;
    },
  };
}

/** A field of `$overflow`. */
interface Member {
  readonly field: string;
  /** The name as JSON, with its colon. */
  readonly name: string;
  /** Undefined: the row has none. */
  value: Json | undefined;
}

/** Returns the canonical JSON of the members; null where some database might not read it. */
function readableText(members: readonly Member[]): string | null {
  let text = '{';
  for (const { name, value } of members) {
    if (value === undefined) continue;
    const written = canonicalJson(value);
    if (typeof value !== 'string' && HUGE_NUMBER.test(written)) return null;
    text += text === '{' ? name : `,${name}`;
    text += written;
  }
  return mayHaveUnreadableText(text) ? null : `${text}}`;
}

function valuesOf(members: readonly Member[]): Fields {
  const values: Record<string, Json> = {};
  for (const { field, value } of members) if (value !== undefined) setField(values, field, value);
  return values;
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
  return mayHaveUnreadableText(text) || HUGE_NUMBER.test(text);
}

function mayHaveUnreadableText(text: string): boolean {
  return text.includes('\\u0000') || text.includes('\\ud') || text.includes(`"${WRAPPED}"`);
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
