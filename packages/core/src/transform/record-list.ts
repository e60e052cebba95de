import { type Fields, isDigits, isFields, type Json } from '../contract/index.js';

/** A record of a body and its place there, such as `$task_log[0].transactions[3]`. */
export interface PlacedRecord {
  readonly values: Fields;
  readonly path: string;
}

/** The code of a dead letter, by the flaw of its record. */
export const CODES = {
  'no-record': 'API_RECORD_MALFORMED',
  'no-id': 'API_RECORD_WITHOUT_ID',
  'out-of-bounds': 'API_RECORD_OUT_OF_BOUNDS',
} as const;

/**
 * A value that stands where a record with an id belongs, but is not such a record. It is kept whole, with everything
 * below it.
 */
export interface Malformed {
  readonly kind: 'transaction' | 'connection' | 'recording';
  readonly record: Json;
  readonly path: string;
  readonly flaw: keyof typeof CODES;
  /** The flaw in words, as the end of a sentence about the place. */
  readonly reason: string;
}

/**
 * Returns the records of a list. Instead of the list the API may send nothing, null, an empty value or any other value.
 * A value that holds data and is no record is returned as malformed.
 */
export function recordsIn(
  value: Json | undefined,
  path: string,
  kind: Malformed['kind'],
): { readonly records: readonly PlacedRecord[]; readonly malformed: readonly Malformed[] } {
  if (isNothing(value)) return NO_RECORDS;
  if (!isList(value)) return { records: [], malformed: [noRecord(value, path, kind, 'a list')] };
  const records: PlacedRecord[] = [];
  const malformed: Malformed[] = [];
  value.forEach((item, index) => {
    const itemPlace = `${path}[${index}]`;
    if (isFields(item)) records.push({ values: item, path: itemPlace });
    else if (!isNothing(item)) malformed.push(noRecord(item, itemPlace, kind, 'a record'));
  });
  return { records, malformed };
}

const NO_RECORDS = { records: [], malformed: [] };

function noRecord(record: Json, path: string, kind: Malformed['kind'], wanted: string): Malformed {
  return { kind, record, path, flaw: 'no-record', reason: `is ${nameOf(record)} where ${wanted} was expected` };
}

/** Returns whether the value holds no data, so that nothing is lost without it. */
function isNothing(value: Json | undefined): value is null | undefined | '' {
  if (value === undefined || value === null || value === '') return true;
  return !isList(value) && isFields(value) && Object.keys(value).length === 0;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function nameOf(value: Json): string {
  if (isList(value)) return 'a list';
  if (isDigits(value)) return 'a number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
