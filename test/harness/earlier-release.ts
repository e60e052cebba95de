import { readFileSync } from 'node:fs';
import type { SimulatorOptions } from '@dbsync/simulator';
import { statementsOf } from './dbsync2-tables.ts';
import type { EngineName } from './targets.ts';

/** The campaign whose copies earlier releases made: the same contacts each time, to the byte. */
export const EARLIER_CAMPAIGN = {
  contacts: 6,
  inboundCalls: 2,
  fields: 3,
  historyEndMs: Date.UTC(2026, 10, 1),
} as const satisfies SimulatorOptions;

/** The releases whose copies are kept, the oldest first, each by what its tables do not have yet. */
export const EARLIER_RELEASES = ['first-tables', 'before-erasure', 'before-heartbeats', 'before-late-columns'] as const;

/** Returns the statements that make that copy again, as the release left it after `db_init`. */
export function earlierCopy(
  engine: Exclude<EngineName, 'mssql'>,
  release: (typeof EARLIER_RELEASES)[number] = 'before-late-columns',
): readonly string[] {
  const file = new URL(`../fixtures/${release}/${engine}.sql`, import.meta.url);
  return statementsOf(readFileSync(file, 'utf8'));
}
