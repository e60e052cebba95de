import type { CellDifference, RowDifference } from '../contract/index.js';
import { type CellsLook, compareCells } from './compare-cells.js';
import type { VerifyDesk } from './verify-desk.js';

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
 * same version of its contact: a write in between would have corrected it.
 */
export async function confirmCells(desk: VerifyDesk, first: CellsLook): Promise<ConfirmedCells> {
  const ids = new Set([...first.rows.map(({ contactId }) => contactId ?? ''), ...first.unfetched]);
  if (ids.size === 0) return { rows: [], unfetched: [], isWhole: first.isWhole };
  const second = await compareCells(desk, ids, () => {});
  const before = new Set(first.rows.flatMap(keysOf));
  const rows = second.rows.flatMap((row): RowDifference[] => {
    if (row.cells.length === 0) return before.has(keyOf(row, null)) ? [row] : [];
    const cells = row.cells.filter((cell) => before.has(keyOf(row, cell)));
    return cells.length === 0 ? [] : [{ ...row, cells }];
  });
  const unfetched = first.unfetched.filter((id) => second.unfetched.includes(id));
  return { rows, unfetched, isWhole: first.isWhole };
}

function keysOf(row: RowDifference): readonly string[] {
  return row.cells.length === 0 ? [keyOf(row, null)] : row.cells.map((cell) => keyOf(row, cell));
}

function keyOf({ kind, id, version }: RowDifference, cell: CellDifference | null): string {
  return JSON.stringify([kind, id, version, cell?.name, cell?.field, cell?.stored]);
}
