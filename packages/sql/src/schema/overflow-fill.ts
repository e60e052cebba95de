import type { CallOptions, RowTable } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { markFilled, markFilledAt, moveVersion } from './column-map.js';
import { dropFillNote, type FillNote, keepFillNote, moveFillNote } from './fill-notes.js';
import { type DueColumns, fillStep, STEP_ROWS } from './fill-rows.js';
import { isInLoad } from './load-phase.js';
import { readSchema, type SchemaState, unfilledColumns } from './schema-state.js';

/** The most columns filled in one pass over a table: expressions have a greatest depth. */
const PASS_COLUMNS = 200;
/** The rows of one call. */
const CALL_ROWS = 10 * STEP_ROWS;

/** The progress of filling the columns of a table. */
export interface FillProgress {
  readonly table: RowTable;
  readonly done: number;
  readonly of: number | null;
  /** The rows that this call went through. */
  readonly rows: number;
  /** True where a pass began or ended: tables that were read before have another version, or other columns are filled. */
  readonly changedMap: boolean;
}

/**
 * Continues to fill columns that were added, or grew wider, after rows were written. Goes through a bounded number of rows,
 * in the order of their keys, and keeps its place beside the column map, so it may be cut off and begun again anywhere,
 * and may run beside writes and beside itself. Before a pass begins the map gets its next version, so a write made
 * without the columns fails: no values are added behind it to those that are moved (R21). A pass whose columns have other
 * types by now begins again: its rows may have values in overflow that have room now. A table that is loaded without keys
 * waits for them (R20).
 *
 * @param most the number of rows to go through at most
 * @returns how far the table is that it worked on; null: all columns are filled, or wait
 */
export async function continueFill(
  context: SqlContext,
  options: CallOptions,
  most = CALL_ROWS,
): Promise<FillProgress | null> {
  const state = await readSchema(context, options);
  const due = firstDue(state);
  if (due === null) return null;
  const former = state.fills.find(({ table }) => table === due.plan.rowTable);
  const isBegun = former !== undefined && due.fields.every((field) => isOfPass(former, state, field));
  let note = isBegun ? former : await beginPass(context, state, due, former, options);
  const columns = { ...due, fields: note.fields };
  const before = note.done;
  let isThrough = false;
  for (let rows = 0; rows < most && !isThrough; rows += STEP_ROWS) {
    const step = await fillStep(context, columns, note.after, options);
    note = { ...note, done: note.done + step.rows, after: step.last ?? note.after };
    isThrough = step.rows < STEP_ROWS;
  }
  const isEnded = isThrough && (await endPass(context, note, options));
  if (!isEnded) await moveFillNote(context, note, options);
  return { ...note, rows: note.done - before, changedMap: !isBegun || isEnded };
}

/** True where {@link continueFill} has work. */
export function hasFillDue(state: SchemaState): boolean {
  return firstDue(state) !== null;
}

/** Returns how many rows a pass has gone through over the table that is due. */
export function rowsOfDuePass(state: SchemaState): number {
  const table = firstDue(state)?.plan.rowTable;
  return state.fills.find((note) => note.table === table)?.done ?? 0;
}

/** Returns the first table of which columns are to be filled, and can be. */
function firstDue(state: SchemaState): DueColumns | null {
  const { plans } = state;
  if (plans === null) return null;
  const unfilled = unfilledColumns(state);
  for (const plan of Object.values(plans)) {
    const fields = unfilled.filter(({ table, field }) => table === plan.rowTable && isWritten(plan, field));
    if (fields.length === 0 || isInLoad(state, plan.rowTable)) continue;
    return { plans, plan, fields: fields.slice(0, PASS_COLUMNS).map(({ field }) => field) };
  }
  return null;
}

function isWritten({ fields, ofContact }: DueColumns['plan'], field: string): boolean {
  return fields.has(field) || ofContact?.field === field;
}

/** True where the pass fills the column of this field, and the column has the type that it had when the pass began. */
function isOfPass({ table, fields, types }: FillNote, state: SchemaState, field: string): boolean {
  const type = types[fields.indexOf(field)];
  return type !== undefined && type === typeOf(state, table, field);
}

/** Returns the type of a column; undefined: it is gone. */
function typeOf({ map, descriptions }: SchemaState, table: RowTable, field: string): string | undefined {
  const column = map.find((row) => row.table === table && row.field === field)?.column;
  return descriptions[table]?.columns.find(({ name }) => name === column)?.type;
}

async function beginPass(
  context: SqlContext,
  state: SchemaState,
  { plan, fields }: DueColumns,
  former: FillNote | undefined,
  options: CallOptions,
): Promise<FillNote> {
  const table = plan.rowTable;
  await markFilled(context, table, former === undefined ? [] : goneOf(former, state), options);
  await moveVersion(context.db, options);
  const types = fields.map((field) => typeOf(state, table, field) ?? '');
  const of = await context.session.schema.estimateRows(plan.name, options);
  const note = { table, fields, types, after: null, done: 0, of };
  await keepFillNote(context, note, options);
  return note;
}

/** Returns the fields of a pass whose columns are gone. They had values, so they count as filled: their loss is noticed (R16b). */
function goneOf({ table, fields }: FillNote, state: SchemaState): readonly string[] {
  return fields.filter((field) => typeOf(state, table, field) === undefined);
}

/**
 * Marks the columns of the pass as filled, but for those that have another type by now. Returns false where the tables change
 * just now: the end of the pass is due again.
 */
async function endPass(context: SqlContext, note: FillNote, options: CallOptions): Promise<boolean> {
  const state = await readSchema(context, options);
  const filled = note.fields.filter((field) => isOfPass(note, state, field));
  const fields = [...filled, ...goneOf(note, state)];
  if (!(await markFilledAt(context, state, note.table, fields, options))) return false;
  await dropFillNote(context, note.table, options);
  return true;
}
