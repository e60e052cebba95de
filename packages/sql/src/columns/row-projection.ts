import { type Json, NESTED_KEYS, type Row, SinkError } from '@dbsync/core/contract';
import type { Cell } from '../engine/storage.js';
import { overflowText } from './overflow-text.js';
import type { PlaceColumn, TablePlan } from './table-plan.js';

/**
 * Returns the row's cells, in the order of the plan's columns; `$sync` stays NULL. A value without a column, or without
 * an exact cell in it, goes to `$overflow` under the upstream's own name: no value but null is lost.
 */
export function projectRow(row: Row, plan: TablePlan): Cell[] {
  const { values } = row;
  const cells: Cell[] = new Array(plan.columns.length).fill(null);
  let overflow: Record<string, Json> | null = null;
  for (const place of plan.places) cells[place.index] = placeCell(row, place);
  // Own keys only, since no code adds to Object.prototype. Object.entries makes an array for each field.
  for (const field in values) {
    const value = values[field];
    if (value === null || value === undefined) continue;
    const column = plan.fields.get(field);
    const cell = column?.codec.exact(value);
    if (column !== undefined) cells[column.index] = cell === undefined ? column.codec.nearest(value) : cell;
    if (cell !== undefined || (column === undefined && isKnownElsewhere(row, field, value, plan))) continue;
    overflow ??= Object.create(null) as Record<string, Json>;
    overflow[field] = value;
  }
  if (cells.length + 1 > plan.valuesPerRow) overflow = thinOut(cells, values, overflow, plan);
  if (overflow !== null) cells[plan.overflowIndex] = overflowText(overflow);
  return cells;
}

/** Cells that each row has beside those of its fields: `$changed`, `$sync`, `$overflow`. */
const CELLS_OF_OURS = 3;

/** Takes the values of the last fields out of their cells until the row fits its table. Returns all of its overflow. */
function thinOut(
  cells: Cell[],
  values: Row['values'],
  overflow: Record<string, Json> | null,
  { fields, valuesPerRow }: TablePlan,
): Record<string, Json> | null {
  let surplus = cells.filter((cell) => cell !== null).length + CELLS_OF_OURS - valuesPerRow;
  if (surplus <= 0) return overflow;
  const all = overflow ?? (Object.create(null) as Record<string, Json>);
  for (const [field, { index }] of [...fields].reverse()) {
    const value = values[field];
    if (surplus <= 0) break;
    if (cells[index] === null || value === undefined) continue;
    cells[index] = null;
    all[field] = value;
    surplus -= 1;
  }
  return all;
}

/**
 * Throws where an id has no exact cell: rows are found by their ids, so the contact cannot be stored. In tables that an
 * earlier program made, columns that name a parent row may be narrower than that row's own key.
 */
export function refuseUnfitId(row: Row, { places }: TablePlan): void {
  for (const { name, from, codec } of places) {
    const id = row[from];
    if (id !== null && codec.exact(id) === undefined) throw unfitId(row, id, name);
  }
}

function unfitId({ table, contactId }: Row, id: string, column: string): SinkError {
  return new SinkError(
    'SQL_ID_REFUSED',
    `An id of ${id.length} characters in ${table} does not fit its column ${column}, or has characters that the database cannot keep`,
    { verdict: 'refused', outcome: 'not-committed', refusedContactIds: contactId === '' ? [] : [contactId] },
  );
}

function placeCell(row: Row, { from, codec }: PlaceColumn): Cell {
  const id = row[from];
  return id === null ? null : (codec.exact(id) ?? null);
}

/**
 * True for a value that is stored elsewhere: records with rows of their own, and ids that repeat the row's place in its
 * tree.
 */
function isKnownElsewhere(row: Row, field: string, value: Json, plan: TablePlan): boolean {
  if (NESTED_KEYS[row.table].includes(field)) return true;
  if (row.table === 'transactions' && field === 'id' && value === row.contactId) return true;
  const place = plan.places.find(({ name }) => name === field);
  return place !== undefined && row[place.from] === value;
}
