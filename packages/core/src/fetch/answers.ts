import { type Fields, fieldOf, isFields, type Json } from '../contract/index.js';
import { describeJson } from './answer-description.js';
import { ApiFault } from './api-fault.js';

/** One page of a listing; `cursor` null: the last one. */
export interface Page<T> {
  readonly results: readonly T[];
  readonly unreadable: readonly UnreadableEntry[];
  readonly cursor: string | null;
}

/** An entry of a listing that does not say what it is about. */
export interface UnreadableEntry {
  readonly entry: Json;
  readonly reason: string;
}

/** `{results, cursor}`; a cursor that is missing, null or empty ends the listing. */
export function parsePage<T>(answer: Json, what: string, parseEntry: (entry: Json) => T): Page<T> {
  const page = parseRecord(answer, `A page of ${what}`);
  const entries = parseList(fieldOf(page, 'results'), `results of a page of ${what}`);
  const cursor = fieldOf(page, 'cursor') ?? '';
  if (typeof cursor !== 'string') throw unexpected(`The cursor of a page of ${what}`, cursor, 'a text');
  const results: T[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const entry of entries) {
    try {
      results.push(parseEntry(entry));
    } catch (error) {
      if (!(error instanceof ApiFault)) throw error;
      unreadable.push({ entry, reason: error.message });
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

/** Null for what is missing, null or empty. */
export function parseOptionalText(value: Json | undefined, what: string): string | null {
  return (value ?? '') === '' ? null : parseText(value, what);
}

function unexpected(what: string, value: Json | undefined, wanted: string): ApiFault {
  return new ApiFault('API_ANSWER_INVALID', `${what} is ${describeJson(value)} where ${wanted} was expected.`);
}
