import { hash } from 'node:crypto';
import { type Fields, fieldOf, isDigits } from '../contract/index.js';

/**
 * The ids of one kind of record within one contact. A record takes the first of its candidates that no other one has, so
 * two records never share a row.
 */
export interface IdSpace {
  take(candidates: Iterable<string>): string;
}

export function createIdSpace(): IdSpace {
  const taken = new Set<string>();
  return {
    take(candidates) {
      for (const id of candidates) {
        if (taken.has(id)) continue;
        taken.add(id);
        return id;
      }
      throw new RangeError('Candidates for an id never end.');
    },
  };
}

/** Candidates, the preferred one first; without end. */
export type Ids = Generator<string, void, undefined>;

/** @param rank tells a transaction without `sequence_nr` from others of the same `fired`: its place among them, from 1 */
export function* transactionIds(contactId: string, fired: string, sequenceNr: string | null, rank: number): Ids {
  const ofTwin = contactId + fired + (sequenceNr ?? rank);
  yield md5(contactId + fired);
  yield md5(ofTwin);
  yield* numbered(ofTwin);
}

/** The API's own id; a second holder of it gets another (R18). */
export function* connectionIds(id: string, transactionId: string): Ids {
  yield id;
  yield md5(id + transactionId);
  yield* numbered(id + transactionId);
}

/** @param what its location, or when it started */
export function* recordingIds(connectionId: string, what: string): Ids {
  yield md5(connectionId + what);
  yield* numbered(connectionId + what);
}

/** The text of a value that ids are made of; null where there is none. */
export function idPart(values: Fields, name: string): string | null {
  const value = fieldOf(values, name);
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return String(value);
  return isDigits(value) ? value.rawJSON : null;
}

function* numbered(text: string): Ids {
  for (let copy = 2; ; copy++) yield md5(`${text}#${copy}`);
}

function md5(text: string): string {
  return hash('md5', text);
}
