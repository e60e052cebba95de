import type { Batch, DeadLetter, WriteResult } from '../contract/index.js';
import type { RunTotals } from './run-events.js';

/** The counts of a run, kept over all its claims. */
export interface RunTally {
  readonly totals: RunTotals;
  /** Call when a listing was read to its end, and every contact that it names was handled. */
  listed(contacts: number): void;
  fetched(contacts: number): void;
  /** Call for one commit, of contacts or of inbound calls. */
  written(batch: Batch, result: WriteResult): void;
  writeRetried(): void;
}

/** The totals of a run that has done nothing yet. */
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

/** @param api the counters of the API client, which grow during the run */
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

/** Returns all dead letters that the batch commits, including those of its contacts. */
export function deadLettersOf({ contacts, deadLetters }: Batch): readonly DeadLetter[] {
  return [...contacts.flatMap((tree) => tree.deadLetters), ...deadLetters];
}
