import type { Batch, SinkError, WriteResult } from '../contract/index.js';
import { isSinkError } from '../contract/index.js';
import type { DeadLetterContext } from '../records/new-dead-letter.js';
import { addResults, callDeadLetter, contactDeadLetter, halvesOf, NOTHING_WRITTEN } from './refused-contacts.js';

/** So many parts of a batch are tried before the first one is written: then nothing can be written, or nearly so. */
const MOST_VAIN_TRIES = 30;

/** True for an error that the store does not know, and that left nothing behind: it may be of a single record. */
export function isUnexplained(error: unknown): error is SinkError {
  if (!isSinkError(error) || !error.isUnclassified) return false;
  return error.verdict === 'retryable' && error.outcome === 'not-committed' && !error.connectionLost;
}

export interface ApartOptions {
  readonly write: (batch: Batch) => Promise<WriteResult>;
  readonly deadLetters: DeadLetterContext;
  /** Whether the error is of this record alone. */
  readonly failsAlone: (record: 'contact' | 'call', id: string) => boolean;
}

/**
 * Writes a batch that keeps failing with an error that the store does not know in ever smaller parts. What then fails alone, while
 * other records of its kind are written, becomes a dead letter, and the rest of the batch follows. Where nothing of the kind can be
 * written the error is of no single record: returns null, and the caller repeats the whole (R34).
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
  /** Parts of one record. */
  readonly failed: readonly { readonly part: Batch; readonly error: SinkError }[];
  readonly wroteContacts: boolean;
  readonly wroteCalls: boolean;
}

/** Null where so many parts failed, and none was written, that the search was given up. */
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
