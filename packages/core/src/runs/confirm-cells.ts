import type { CellDifference, RowDifference } from '../contract/index.js';
import { type CellsLook, compareCells } from './compare-cells.js';
import { PAUSE_MS, type VerifyDesk } from './verify-desk.js';

/** The rows and cells that differ on a second look too. */
export interface ConfirmedCells {
  readonly rows: readonly RowDifference[];
  /** Contacts whose body could not be fetched twice. */
  readonly unfetched: readonly string[];
  /** False: more cells differ than are named. */
  readonly isWhole: boolean;
}

/**
 * Looks again at rows and cells that differed. A cell counts where it still differs, holds what it held then, and belongs to the
 * same version of its contact: a write in between would have corrected it. Contacts that the API failed to give get their first look
 * here.
 */
export async function confirmCells(desk: VerifyDesk, first: CellsLook): Promise<ConfirmedCells> {
  const { clock, signal } = desk.context;
  const late = await compareCells(desk, first.unfetched, () => {}, true);
  if (late.rows.length > 0) await clock.sleep(PAUSE_MS, signal);
  const seen = [...first.rows, ...late.rows];
  const second = await compareCells(desk, new Set(seen.map(({ contactId }) => contactId ?? '')), () => {});
  const before = new Set(seen.flatMap(keysOf));
  const rows = second.rows.flatMap((row): RowDifference[] => {
    if (row.cells.length === 0) return before.has(keyOf(row, null)) ? [row] : [];
    const cells = row.cells.filter((cell) => before.has(keyOf(row, cell)));
    return cells.length === 0 ? [] : [{ ...row, cells }];
  });
  return { rows, unfetched: late.unfetched, isWhole: first.isWhole && late.isWhole };
}

function keysOf(row: RowDifference): readonly string[] {
  return row.cells.length === 0 ? [keyOf(row, null)] : row.cells.map((cell) => keyOf(row, cell));
}

function keyOf({ kind, id, version }: RowDifference, cell: CellDifference | null): string {
  return JSON.stringify([kind, id, version, cell?.name, cell?.field, cell?.stored]);
}
