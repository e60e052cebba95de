import { type CellDifference, canonicalJson, type Fields, fieldOf, type Json } from '@dbsync/core/contract';
import type { Cell } from '../engine/storage.js';
import { readOverflow } from './overflow-text.js';
import { isSameCell, shownCell } from './same-cell.js';
import type { TablePlan } from './table-plan.js';

/**
 * Returns the cells of a stored row that differ from those that a write would make. A value in `$overflow` instead of
 * its empty column is no difference: it waits for a new column, or the row was full. Nor is an empty column that repeats
 * a field of the contact: it is filled later. Nor is a cell that no body has: the proof of a contact, and its mark as a
 * deleted one.
 * @param values of the upstream's record
 */
export function differingCells(
  plan: TablePlan,
  expected: readonly Cell[],
  stored: readonly unknown[],
  values: Fields,
): readonly CellDifference[] {
  const { columns, overflowIndex, proof, deleted, ofContact } = plan;
  const different = columns.flatMap(({ type, storage }, index) => {
    const isOfNoBody = index === proof?.index || index === deleted?.index;
    const isLeftOut = isOfNoBody || (index === ofContact?.index && stored[index] === null);
    const isSame = isLeftOut || isSameCell(expected[index] ?? null, stored[index], type, storage);
    return isSame ? [] : [index];
  });
  if (different.length === 0) return [];
  const fields = fieldsByColumn(plan);
  const kept = overflowOf(stored[overflowIndex]);
  const moved = new Set(
    different.flatMap((index) => {
      const field = fields.get(index);
      const isKept = field !== undefined && stored[index] === null && isSameJson(valueIn(kept, field), values[field]);
      return isKept ? [field] : [];
    }),
  );
  return different.flatMap((index): readonly CellDifference[] => {
    if (index === overflowIndex) return differingOverflow(plan, expected[index] ?? null, stored[index], moved);
    const field = fields.get(index) ?? null;
    if (field !== null && moved.has(field)) return [];
    const name = columns[index]?.name ?? '';
    return [{ name, field, expected: shownCell(expected[index]), stored: shownCell(stored[index]) }];
  });
}

function differingOverflow(
  { columns, overflowIndex }: TablePlan,
  expected: Cell,
  stored: unknown,
  moved: ReadonlySet<string>,
): readonly CellDifference[] {
  const name = columns[overflowIndex]?.name ?? '';
  const [wanted, kept] = [overflowOf(expected), overflowOf(stored)];
  if (wanted === null || kept === null) {
    return [{ name, field: null, expected: shownCell(expected), stored: shownCell(stored) }];
  }
  const names = new Set([...Object.keys(wanted), ...Object.keys(kept)]);
  return [...names].flatMap((field): readonly CellDifference[] => {
    const [value, found] = [valueIn(wanted, field), valueIn(kept, field)];
    if (moved.has(field) || isSameJson(value, found)) return [];
    return [{ name, field, expected: shownJson(value), stored: shownJson(found) }];
  });
}

/** Null: it is no JSON object. */
function overflowOf(cell: unknown): Fields | null {
  if (cell === null || cell === undefined) return {};
  try {
    return readOverflow(String(cell));
  } catch {
    return null;
  }
}

function valueIn(values: Fields | null, field: string): Json | undefined {
  return values === null ? undefined : fieldOf(values, field);
}

function isSameJson(one: Json | undefined, other: Json | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalJson(one) === canonicalJson(other);
}

function shownJson(value: Json | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : canonicalJson(value);
}

function fieldsByColumn({ fields }: TablePlan): ReadonlyMap<number, string> {
  return new Map([...fields].map(([field, { index }]) => [index, field]));
}
