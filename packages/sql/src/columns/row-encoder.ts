import { type Json, NESTED_KEYS, type Row, SinkError } from '@dbsync/core/contract';
import type { Cell } from '../engine/storage.js';
import { createOverflowWriter } from './overflow-text.js';
import type { IdColumn, TablePlan } from './table-plan.js';

/**
 * Writes the row's cells into the array, in the order of the plan's columns; `$sync` and `$deleted_at` become NULL. A value without a
 * column, or without an exact cell in it, goes to `$overflow` under the upstream's own name: no value but null is lost.
 */
export type RowEncoder = (row: Row, cells: Cell[]) => void;

const encoders = new WeakMap<TablePlan, RowEncoder>();

/** Returns the encoder of a plan. It is made once, since it learns the names of the fields that go to `$overflow`. */
export function encoderOf(plan: TablePlan): RowEncoder {
  const encoder = encoders.get(plan) ?? createRowEncoder(plan);
  encoders.set(plan, encoder);
  return encoder;
}

function createRowEncoder(plan: TablePlan): RowEncoder {
  const { columns, fields, idColumns, overflowIndex, valuesPerRow } = plan;
  const isElsewhere = createElsewhere(plan);
  const overflow = createOverflowWriter();
  const mayBeTooFull = columns.length + 1 > valuesPerRow;
  return (row, cells) => {
    const { values } = row;
    cells.length = columns.length;
    cells.fill(null);
    for (const { index, from, codec } of idColumns) {
      const id = row[from];
      if (id !== null) cells[index] = codec.exact(id) ?? null;
    }
    // Own keys only, since no code adds to Object.prototype. Object.entries makes an array for each field.
    for (const field in values) {
      const value = values[field];
      if (value === null || value === undefined) continue;
      const column = fields.get(field);
      if (column === undefined) {
        if (!isElsewhere(row, field, value)) overflow.add(field, value);
        continue;
      }
      const cell = column.codec.exact(value);
      cells[column.index] = cell === undefined ? column.codec.nearest(value) : cell;
      if (cell === undefined) overflow.add(field, value);
    }
    if (mayBeTooFull) thinOut(cells, values, overflow.add, plan);
    cells[overflowIndex] = overflow.take();
  };
}

/**
 * Cells that each row has beside those of its fields: `$changed`, `$sync`, `$overflow`. The mark of a deleted contact is so short that a
 * full row has room for it.
 */
const CELLS_OF_OURS = 3;

/** Moves the values of the last fields from their cells to overflow until the row fits its table. */
function thinOut(
  cells: Cell[],
  values: Row['values'],
  moveToOverflow: (field: string, value: Json) => void,
  { fields, valuesPerRow }: TablePlan,
): void {
  let surplus = cells.filter((cell) => cell !== null).length + CELLS_OF_OURS - valuesPerRow;
  if (surplus <= 0) return;
  for (const [field, { index }] of [...fields].reverse()) {
    const value = values[field];
    if (surplus <= 0) break;
    if (cells[index] === null || value === undefined) continue;
    cells[index] = null;
    moveToOverflow(field, value);
    surplus -= 1;
  }
}

/**
 * Returns a function that is true for a value without a column that is stored elsewhere: records with rows of their
 * own, and ids that repeat the row's place in its tree.
 */
function createElsewhere({ rowTable, idColumns }: TablePlan): (row: Row, field: string, value: Json) => boolean {
  const nested = new Set(NESTED_KEYS[rowTable]);
  const idOf = new Map(idColumns.map(({ name, from }) => [name, from]));
  const isTransaction = rowTable === 'transactions';
  return (row, field, value) => {
    if (nested.has(field)) return true;
    if (isTransaction && field === 'id' && value === row.contactId) return true;
    const from = idOf.get(field);
    return from !== undefined && row[from] === value;
  };
}

/**
 * Throws where an id has no exact cell: rows are found by their ids, so the contact cannot be stored. In tables that an
 * earlier program made, columns that name a parent row may be narrower than that row's own key.
 */
export function refuseUnfitId(row: Row, { idColumns }: TablePlan): void {
  for (const column of idColumns) {
    const id = row[column.from];
    if (id !== null && column.codec.exact(id) === undefined) throw unfitId(row, id, column);
  }
}

function unfitId({ table, contactId }: Row, id: string, { name }: IdColumn): SinkError {
  return new SinkError(
    'SQL_ID_REFUSED',
    `An id of ${id.length} characters in ${table} does not fit its column ${name}, or has characters that the database cannot keep`,
    { verdict: 'refused', outcome: 'not-committed', refusedContactIds: contactId === '' ? [] : [contactId] },
  );
}
