import { readFileSync } from 'node:fs';
import type { SimulatorOptions } from '@dbsync/simulator';
import { statementsOf } from './dbsync2-tables.ts';
import type { EngineName } from './targets.ts';

/** The campaign whose copy the release made that had no late columns: the same contacts each time, to the byte. */
export const EARLIER_CAMPAIGN = {
  contacts: 6,
  inboundCalls: 2,
  fields: 3,
  historyEndMs: Date.UTC(2026, 10, 1),
} as const satisfies SimulatorOptions;

/** Returns the statements that make that copy again, as the release left it after `db_init`. */
export function earlierCopy(engine: Exclude<EngineName, 'mssql'>): readonly string[] {
  const file = new URL(`../fixtures/before-late-columns/${engine}.sql`, import.meta.url);
  return statementsOf(readFileSync(file, 'utf8'));
}
