import { canonicalJson, type Json, NESTED_KEYS, type Row, SinkError } from '@dbsync/core/contract';
import type { Cell } from './storage.js';
import type { PlaceColumn, TablePlan } from './table-plan.js';

/**
 * The row's cells, in the order of the plan's columns; `$sync` is left NULL. Whatever has no column, or no exact cell in
 * it, stands in `$overflow` under the upstream's own name: nothing of `values` is lost but null.
 */
export function projectRow(row: Row, plan: TablePlan): Cell[] {
  const cells: Cell[] = new Array(plan.columns.length).fill(null);
  const overflow: Record<string, Json> = Object.create(null);
  for (const place of plan.places) cells[place.index] = placeCell(row, place);
  for (const [field, value] of Object.entries(row.values)) {
    if (value === null) continue;
    const column = plan.fields.get(field);
    if (column === undefined) {
      if (!isKnownElsewhere(row, field, value, plan)) overflow[field] = value;
      continue;
    }
    const exact = column.codec.exact(value);
    if (exact === undefined) overflow[field] = value;
    cells[column.index] = exact === undefined ? column.codec.nearest(value) : exact;
  }
  for (const _field in overflow) {
    cells[plan.overflowIndex] = canonicalJson(overflow);
    break;
  }
  return cells;
}

/** Ids are what rows are found by: one that its column cannot hold exactly makes the contact impossible to store. */
function placeCell(row: Row, place: PlaceColumn): Cell {
  const id = row[place.from];
  if (id === null) return null;
  const cell = place.codec.exact(id);
  if (cell !== undefined) return cell;
  throw new SinkError(
    'SQL_ID_REFUSED',
    `An id of ${id.length} characters in ${row.table} does not fit its column ${place.name}, or has characters that the database cannot keep`,
    { verdict: 'refused', outcome: 'not-committed', refusedContactIds: row.contactId === '' ? [] : [row.contactId] },
  );
}

/** Records with rows of their own, and ids that say again where the row stands in its tree. */
function isKnownElsewhere(row: Row, field: string, value: Json, plan: TablePlan): boolean {
  if (NESTED_KEYS[row.table].includes(field)) return true;
  if (row.table === 'transactions' && field === 'id' && value === row.contactId) return true;
  const place = plan.places.find(({ name }) => name === field);
  return place !== undefined && row[place.from] === value;
}
