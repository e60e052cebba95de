import type { CallOptions, RowTable } from '@dbsync/core/contract';
import type { SqlContext } from '../engine/sql-context.js';
import { markFilled } from './column-map.js';
import { dropFillNote, type FillNote, keepFillNote } from './fill-notes.js';
import { type DueColumns, fillStep, STEP_ROWS } from './fill-rows.js';
import { isInLoad } from './load-phase.js';
import { readSchema, type SchemaState, unfilledColumns } from './schema-state.js';

/** The most columns filled in one pass over a table: expressions have a greatest depth. */
const PASS_COLUMNS = 200;
/** The rows of one call. */
const CALL_ROWS = 10 * STEP_ROWS;

/** How far the columns of a table are filled. */
export interface FillProgress {
  readonly table: RowTable;
  readonly done: number;
  readonly of: number | null;
  /** The rows that this call went through. */
  readonly rows: number;
}

/**
 * Continues to fill columns that were added, or grew wider, after rows were written. Goes through a bounded number of rows,
 * in the order of their keys, and keeps its place beside the column map, so it may be cut off and begun again anywhere,
 * and may run beside writes and beside itself. Before a pass begins the map gets its next version, so a write made
 * without the columns fails: no values are added behind it to those that are moved (R21). A table that is loaded without
 * keys waits for them (R20).
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
  let note = state.fills.find(({ table, fields }) => table === due.plan.rowTable && hasAll(fields, due.fields));
  note ??= await beginPass(context, due, options);
  const columns = { ...due, fields: note.fields };
  const before = note.done;
  for (let rows = 0; rows < most; rows += STEP_ROWS) {
    const step = await fillStep(context, columns, note.after, options);
    note = { ...note, done: note.done + step.rows, after: step.last ?? note.after };
    if (step.rows === STEP_ROWS) continue;
    await markFilled(context, note.table, note.fields, options);
    await dropFillNote(context, note.table, options);
    return { ...note, rows: note.done - before };
  }
  await keepFillNote(context, note, options);
  return { ...note, rows: note.done - before };
}

/** True where {@link continueFill} has work. */
export function hasFillDue(state: SchemaState): boolean {
  return firstDue(state) !== null;
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

function hasAll(fields: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((field) => fields.includes(field));
}

async function beginPass(context: SqlContext, { plan, fields }: DueColumns, options: CallOptions): Promise<FillNote> {
  await context.db
    .updateTable('sync_columns')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('table_name', '=', '')
    .execute(options);
  const of = await context.session.schema.estimateRows(plan.name, options);
  const note = { table: plan.rowTable, fields, after: null, done: 0, of };
  await keepFillNote(context, note, options);
  return note;
}
