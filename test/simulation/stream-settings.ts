import type { RunSettings } from '@dbsync/core';
import type { UpstreamTransaction } from './campaign.ts';

/** How the process that starts next is called. A person may change it between two starts. */
export interface StreamSettings {
  /** null: none is given. */
  since: string | null;
  filter: RunSettings['filter'];
}

/** From the narrowest to the widest, with what a prefix of tasks leaves out. */
export const FILTERS: readonly RunSettings['filter'][] = [
  { mode: 'hi_updates_only', prefixes: [] },
  { mode: 'updates_only', prefixes: ['fc_'] },
  { mode: 'updates_only', prefixes: [] },
  { mode: 'all', prefixes: ['fc_', 'qc_'] },
  { mode: 'all', prefixes: [] },
];

/** Whether a copy under this filter has the transaction: the filter told once more, apart from the code under test. */
export function isWanted(
  { type, user, task }: UpstreamTransaction,
  { mode, prefixes }: RunSettings['filter'],
): boolean {
  if (prefixes.length > 0 && !prefixes.some((prefix) => task.startsWith(prefix))) return false;
  if (mode === 'all') return true;
  return type === 'update' && (mode === 'updates_only' || user !== null);
}
