import { type CallStretch, stretchOf } from './compare-calls.js';
import type { ConfirmedDifferences } from './second-look.js';

/** The records that differ, as they can be fetched again. */
export interface RecordsToFetch {
  readonly contactIds: ReadonlySet<string>;
  /** Null: no inbound call differs. */
  readonly calls: CallStretch | null;
}

/** Returns what is to be fetched again, so that nothing differs any more. */
export function recordsToFetch(report: ConfirmedDifferences): RecordsToFetch {
  const { differences, rows, orphans, unfetched, differingCalls } = report;
  const named = [...differences, ...rows, ...orphans].map(({ contactId }) => contactId).filter((id) => id !== null);
  const calls = differingCalls.length === 0 ? null : stretchOf(differingCalls);
  return { contactIds: new Set([...named, ...unfetched]), calls };
}
