import { type Fields, fieldOf, isFields, type Json } from '../contract/index.js';
import { ID_LENGTH } from '../records/id-length.js';
import { describeJson } from './answer-description.js';
import { ApiFault } from './api-fault.js';

/** One page of a listing. A null `cursor` means that it is the last page. */
export interface Page<T> {
  readonly results: readonly T[];
  readonly unreadable: readonly UnreadableEntry[];
  readonly cursor: string | null;
}

/** An entry of a listing without a readable id. */
export interface UnreadableEntry {
  readonly entry: Json;
  readonly reason: string;
}

/** The largest length of a cursor. The cursors seen so far have 300 characters. */
const CURSOR_LENGTH = 10_000;

/**
 * Reads a page `{results, cursor}`. An unreadable entry does not affect the other entries. If the cursor is missing,
 * null or empty, the listing ends.
 */
export function parsePage<T>(answer: Json, what: string, parseEntry: (entry: Json) => T): Page<T> {
  const page = parseRecord(answer, `A page of ${what}`);
  const entries = parseList(fieldOf(page, 'results'), `results of a page of ${what}`);
  const cursor = fieldOf(page, 'cursor') ?? '';
  if (typeof cursor !== 'string') throw unexpected(`The cursor of a page of ${what}`, cursor, 'a text');
  if (cursor.length > CURSOR_LENGTH) throw tooLong(`The cursor of a page of ${what}`, cursor);
  const results: T[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const entry of entries) {
    try {
      results.push(parseEntry(entry));
    } catch (error) {
      unreadable.push({ entry, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { results, unreadable, cursor: cursor === '' ? null : cursor };
}

export function parseList(value: Json | undefined, what: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw unexpected(what, value, 'a list');
}

export function parseRecord(value: Json | undefined, what: string): Fields {
  if (value !== undefined && isFields(value)) return value;
  throw unexpected(what, value, 'an object');
}

export function parseText(value: Json | undefined, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw unexpected(what, value, 'a text that is not empty');
}

/** Reads an id. Longer ids than `ID_LENGTH` fit into no column, and would fill the memory that holds the seen ids. */
export function parseId(value: Json | undefined, what: string): string {
  const id = parseText(value, what);
  if (id.length > ID_LENGTH) throw tooLong(what, id);
  return id;
}

/** Reads an id. Returns null if the value is missing, null or empty. */
export function parseOptionalId(value: Json | undefined, what: string): string | null {
  return (value ?? '') === '' ? null : parseId(value, what);
}

function tooLong(what: string, text: string): ApiFault {
  return new ApiFault('API_ANSWER_INVALID', `${what} has ${text.length} characters, more than dbsync takes.`);
}

function unexpected(what: string, value: Json | undefined, wanted: string): ApiFault {
  return new ApiFault('API_ANSWER_INVALID', `${what} is ${describeJson(value)} where ${wanted} was expected.`);
}
