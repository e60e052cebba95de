import type { Batch, DeadLetter, WriteResult } from '../contract/index.js';
import type { RunTotals } from './run-events.js';

/** Counts of a run, kept over all its claims. */
export interface RunTally {
  readonly totals: RunTotals;
  /** A listing was read to its end, and all that it names was looked after. */
  listed(contacts: number): void;
  fetched(contacts: number): void;
  /** One commit: of contacts, or of inbound calls. */
  written(batch: Batch, result: WriteResult): void;
  writeRetried(): void;
}

/** Of a run that has done nothing yet. */
export const NO_TOTALS: RunTotals = {
  contactsListed: 0,
  contactsFetched: 0,
  contactsWritten: 0,
  inboundCallsWritten: 0,
  rowsInserted: 0,
  rowsUpdated: 0,
  rowsUnchanged: 0,
  bytesWritten: 0,
  deadLetters: 0,
  apiRequests: 0,
  apiRetries: 0,
  writeRetries: 0,
};

/** @param api its counters grow beside ours */
export function createRunTally(api: { readonly requests: number; readonly retries: number }): RunTally {
  const counts: { -readonly [Name in keyof RunTotals]: number } = { ...NO_TOTALS };
  return {
    get totals() {
      return { ...counts, apiRequests: api.requests, apiRetries: api.retries };
    },
    listed(contacts) {
      counts.contactsListed = contacts;
    },
    fetched(contacts) {
      counts.contactsFetched += contacts;
    },
    written(batch, result) {
      counts.contactsWritten += batch.contacts.length;
      if (batch.contacts.length === 0) counts.inboundCallsWritten += result.inserted + result.updated;
      counts.deadLetters += deadLettersOf(batch).length;
      counts.rowsInserted += result.inserted;
      counts.rowsUpdated += result.updated;
      counts.rowsUnchanged += result.unchanged;
      counts.bytesWritten += result.bytes;
    },
    writeRetried() {
      counts.writeRetries++;
    },
  };
}

/** All dead letters that the batch commits, those of its contacts included. */
export function deadLettersOf({ contacts, deadLetters }: Batch): readonly DeadLetter[] {
  return [...contacts.flatMap((tree) => tree.deadLetters), ...deadLetters];
}
