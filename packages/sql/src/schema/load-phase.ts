import type { CallOptions, RowTable } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';

/**
 * The phase in which a first copy is loaded without keys (R20). It is in the version row of the column map, so that each
 * write is guarded by it, and a change of it makes all writes fail that were prepared before.
 */
export interface LoadPhase {
  /** `loading`: rows come without keys. `building`: no such row can commit any more, and the keys are built. */
  readonly step: 'loading' | 'building';
  /** The mark of the stream that began it. */
  readonly mark: string;
}

/** The tables that a first load fills, parents before children. Inbound calls come once its keys stand. */
export const LOADED_TABLES = ['contacts', 'transactions', 'connections', 'recordings'] as const;

/** True while the table is to have no keys and indexes yet. */
export function isInLoad({ phase }: { readonly phase?: LoadPhase | null }, table: RowTable): boolean {
  return phase !== null && phase !== undefined && LOADED_TABLES.some((loaded) => loaded === table);
}

const STORED = /^(loading|building) ([0-9a-f]{16})$/;

/** Reads the phase from its cell; null: there is none, or another program has written something else (R36). */
export function readPhase(cell: string): LoadPhase | null {
  const [, step, mark = ''] = STORED.exec(cell) ?? [];
  return step === 'loading' || step === 'building' ? { step, mark } : null;
}

/** Records the phase, unless the map has another version by now. Returns whether it did. */
export async function recordPhase(
  { db }: SqlContext,
  version: string,
  phase: LoadPhase | null,
  options: CallOptions,
): Promise<boolean> {
  const cell = phase === null ? '' : `${phase.step} ${phase.mark}`;
  const { numUpdatedRows } = await db
    .updateTable('sync_columns')
    .set((eb) => ({ column_name: cell, version: eb('version', '+', 1) }))
    .where('table_name', '=', '')
    .where('version', '=', version)
    .executeTakeFirst(options);
  return numUpdatedRows === 1n;
}
