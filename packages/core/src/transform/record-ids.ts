import { hash } from 'node:crypto';
import { type Fields, fieldOf, isDigits } from '../contract/index.js';

/**
 * The ids of one kind of record within one contact. A record takes the first of its candidates that no other record
 * has, so two records never share a row.
 */
export interface IdSpace {
  take(candidates: IdCandidates): string;
}

/** Candidates for the id of a record. */
export interface IdCandidates {
  /** The best candidate first. */
  readonly preferred: Iterable<string>;
  /** If all preferred ids are taken, ids of numbered copies of this text follow, without end. */
  readonly copiesOf: string;
}

/**
 * Creates an empty id space. It remembers the last number of each text's copies, so thousands of equal records cost one
 * hash each.
 */
export function createIdSpace(): IdSpace {
  const taken = new Set<string>();
  const nextCopies = new Map<string, number>();
  const isFree = (id: string) => {
    if (taken.has(id)) return false;
    taken.add(id);
    return true;
  };
  return {
    take({ preferred, copiesOf }) {
      for (const id of preferred) if (isFree(id)) return id;
      let copy = nextCopies.get(copiesOf) ?? 2;
      let id = md5(`${copiesOf}#${copy}`);
      while (!isFree(id)) id = md5(`${copiesOf}#${++copy}`);
      nextCopies.set(copiesOf, copy + 1);
      return id;
    },
  };
}

/**
 * Returns the id candidates of a transaction.
 *
 * @param rank its place, from 1, among the transactions of the same `fired`; it replaces a missing `sequence_nr`
 */
export function transactionIds(
  contactId: string,
  fired: string,
  sequenceNr: string | null,
  rank: number,
): IdCandidates {
  const ofTwin = contactId + fired + (sequenceNr ?? rank);
  return { preferred: hashes(contactId + fired, ofTwin), copiesOf: ofTwin };
}

/**
 * Returns the id candidates of a connection: the API's own id first. A second connection with the same id gets another
 * (R18).
 */
export function connectionIds(id: string, transactionId: string): IdCandidates {
  return { preferred: ownIdThenHash(id, transactionId), copiesOf: id + transactionId };
}

/**
 * Returns the id candidates of a recording.
 *
 * @param what its location, or the time when it started
 */
export function recordingIds(connectionId: string, what: string): IdCandidates {
  return { preferred: hashes(connectionId + what), copiesOf: connectionId + what };
}

/** Returns the text of a value for use in ids; null if there is none. */
export function idPart(values: Fields, name: string): string | null {
  const value = fieldOf(values, name);
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value === 'number') return String(value);
  return isDigits(value) ? value.rawJSON : null;
}

/** Hashes a text only when its id is needed, since usually the first id is free. */
function* hashes(...texts: readonly string[]): Generator<string, void, undefined> {
  for (const text of texts) yield md5(text);
}

function* ownIdThenHash(id: string, transactionId: string): Generator<string, void, undefined> {
  yield id;
  yield md5(id + transactionId);
}

function md5(text: string): string {
  return hash('md5', text);
}
