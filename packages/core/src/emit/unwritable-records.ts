import type { Batch, SinkError, WriteResult } from '../contract/index.js';
import { isSinkError } from '../contract/index.js';
import type { DeadLetterContext } from '../records/new-dead-letter.js';
import { addResults, callDeadLetter, contactDeadLetter, halvesOf, NOTHING_WRITTEN } from './refused-contacts.js';

/**
 * If this many parts of a batch failed before any part was written, the search ends: no record, or almost no record,
 * can be written.
 */
const MOST_VAIN_TRIES = 30;

/** Returns true for an error that the sink does not know and that committed nothing: it may concern a single record. */
export function isUnexplained(error: unknown): error is SinkError {
  if (!isSinkError(error) || !error.isUnclassified) return false;
  return error.verdict === 'retryable' && error.outcome === 'not-committed' && !error.connectionLost;
}

export interface ApartOptions {
  readonly write: (batch: Batch) => Promise<WriteResult>;
  readonly deadLetters: DeadLetterContext;
  /** Returns whether the error concerns this record alone. */
  readonly failsAlone: (record: 'contact' | 'call', id: string) => boolean;
}

/**
 * Writes a batch in ever smaller parts, after it kept failing with an error that the sink does not know. A record that
 * then fails alone, while other records of its kind are written, becomes a dead letter, and the rest of the batch
 * follows. If no record of the kind can be written, the error concerns no single record: returns null, and the caller
 * repeats the whole (R34).
 */
export async function writeApart(batch: Batch, options: ApartOptions): Promise<WriteResult | null> {
  const tried = await tryParts({ ...batch, deadLetters: [], settled: [] }, options.write);
  if (tried === null) return null;
  const { written, failed, wroteContacts, wroteCalls } = tried;
  const letters = failed.map(({ part, error }) => {
    const [contact] = part.contacts;
    const [call] = part.inboundCalls;
    if (contact && (wroteContacts || options.failsAlone('contact', contact.contactId))) {
      return contactDeadLetter(contact, error, options.deadLetters);
    }
    if (call && (wroteCalls || options.failsAlone('call', call.id))) {
      return callDeadLetter(call, error, options.deadLetters);
    }
    return null;
  });
  const known = letters.filter((letter) => letter !== null);
  if (known.length < letters.length) return null;
  const rest = { ...batch, contacts: [], inboundCalls: [], deadLetters: [...batch.deadLetters, ...known] };
  return addResults(written, await options.write(rest));
}

interface TriedParts {
  readonly written: WriteResult;
  /** The failed parts, each of one record. */
  readonly failed: readonly { readonly part: Batch; readonly error: SinkError }[];
  readonly wroteContacts: boolean;
  readonly wroteCalls: boolean;
}

/** Returns null if the search was given up: `MOST_VAIN_TRIES` parts failed, and none was written. */
async function tryParts({ progress: _, ...records }: Batch, write: ApartOptions['write']): Promise<TriedParts | null> {
  const failed: { part: Batch; error: SinkError }[] = [];
  let [written, tries, wroteContacts, wroteCalls] = [NOTHING_WRITTEN, 0, false, false];
  const waiting: Batch[] = [records];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    try {
      written = addResults(written, await write(part));
      wroteContacts ||= part.contacts.length > 0;
      wroteCalls ||= part.inboundCalls.length > 0;
    } catch (error) {
      if (!isUnexplained(error)) throw error;
      tries += 1;
      if (!wroteContacts && !wroteCalls && tries > MOST_VAIN_TRIES) return null;
      if (part.contacts.length + part.inboundCalls.length > 1) waiting.push(...halvesOf(part).toReversed());
      else failed.push({ part, error });
    }
  }
  return { written, failed, wroteContacts, wroteCalls };
}
