import type { CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlan } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { Cell, Storage } from '../engine/storage.js';
import { forTriggers, tableId } from '../engine/table-id.js';

/** The changes of one row. */
export interface FilledRow {
  readonly id: string;
  readonly cells: readonly { readonly index: number; readonly cell: Cell }[];
  /** The overflow as it was read; null: it is not changed. */
  readonly text: string | null;
  /** The overflow as it is from now on. */
  readonly overflow: string | null;
  /** The cell that repeats a value of the contact; null: it has none, or the row has it. */
  readonly ofContact: string | null;
}

/** The most rows of a statement: a longer list of cases takes more time for each row. */
const MOST_ROWS = 100;

/**
 * Changes these rows, many in a statement that commits by itself, so no lock outlives it (R12). A row changes only where
 * its overflow is still the one that was read. `$changed` moves, since increments by it need the row again. A row that
 * the database refuses stays as it is.
 */
export async function updateRows(
  context: SqlContext,
  plan: TablePlan,
  rows: readonly FilledRow[],
  options: CallOptions,
): Promise<void> {
  const together = rowsOfStatement(context, rows);
  for (let at = 0; at < rows.length; at += together)
    await update(context, plan, rows.slice(at, at + together), options);
}

function rowsOfStatement({ engine }: SqlContext, rows: readonly FilledRow[]): number {
  const cells = Math.max(0, ...rows.map((row) => row.cells.length));
  // Each case has a key and a value; the key is named once more, and the overflow twice.
  const parameters = 2 * cells + 8;
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(engine.limits.parametersPerQuery / parameters)));
}

async function update(context: SqlContext, plan: TablePlan, rows: readonly FilledRow[], options: CallOptions) {
  const moved = rows.filter(({ text }) => text !== null);
  const others = rows.filter(({ text, ofContact }) => text === null && ofContact !== null);
  for (const group of [moved, others]) {
    if (group.length > 0) await unlessRefused(context, plan, group, options);
  }
}

/** Runs the statement; where it is refused, with half of its rows each, down to the rows that have no room. */
async function unlessRefused(
  context: SqlContext,
  plan: TablePlan,
  rows: readonly FilledRow[],
  options: CallOptions,
): Promise<void> {
  const { engine, session } = context;
  try {
    await statementOf(context, plan, rows).execute(session.db, { signal: options.signal });
  } catch (error) {
    if (engine.toSinkError(error).verdict !== 'refused') throw error;
    if (rows.length === 1) return;
    const half = Math.ceil(rows.length / 2);
    await unlessRefused(context, plan, rows.slice(0, half), options);
    await unlessRefused(context, plan, rows.slice(half), options);
  }
}

/**
 * Returns the statement. Each column is set by its cases, else stays; that `else` gives the cases the type of the column,
 * which PostgreSQL would else take for text.
 */
function statementOf(context: SqlContext, plan: TablePlan, rows: readonly FilledRow[]): RawBuilder<unknown> {
  const { types } = context.engine;
  const { columns, changed, ofContact, overflowIndex } = plan;
  const key = columnAt(plan, 0);
  const cases = (whens: readonly RawBuilder<unknown>[], otherwise: RawBuilder<unknown>) =>
    sql`case ${key} ${sql.join(whens, sql` `)} else ${otherwise} end`;
  const when = (id: string, cell: Cell, storage: Storage) => sql`when ${id} then ${types.parameter(cell, storage)}`;
  const sets: RawBuilder<unknown>[] = [];
  for (const [index, { storage }] of columns.entries()) {
    const whens = rows.flatMap(({ id, cells }) =>
      cells.filter((cell) => cell.index === index).map(({ cell }) => when(id, cell, storage)),
    );
    if (whens.length > 0) sets.push(sql`${columnAt(plan, index)} = ${cases(whens, columnAt(plan, index))}`);
  }
  const overflow = columnAt(plan, overflowIndex);
  const storage: Storage = columns[overflowIndex]?.storage ?? { holds: 'unknown' };
  const isMoved = rows.some(({ text }) => text !== null);
  if (isMoved) {
    const left = rows.map((row) => when(row.id, row.overflow, storage));
    sets.push(sql`${overflow} = ${cases(left, overflow)}`);
  }
  const repeating = rows.filter((row) => row.ofContact !== null);
  if (ofContact !== null && repeating.length > 0) {
    const column = columnAt(plan, ofContact.index);
    const whens = repeating.map((row) => when(row.id, row.ofContact, { holds: 'unknown' }));
    sets.push(sql`${column} = coalesce(${column}, ${cases(whens, column)})`);
  }
  sets.push(sql`${sql.id(changed.name)} = ${types.now(changed.storage)}`);
  const read = rows.map(({ id, text }) => when(id, text, storage));
  const isAsRead = isMoved
    ? sql`${overflow} = ${cases(read, overflow)}`
    : sql`${ofContact === null ? overflow : columnAt(plan, ofContact.index)} is null`;
  return sql`update ${tableId(context, plan.name)} set ${sql.join(sets)}
    where ${key} in (${sql.join(rows.map(({ id }) => id))}) and ${isAsRead} ${forTriggers(context)}`;
}

function columnAt({ columns }: TablePlan, index: number): RawBuilder<unknown> {
  return sql.id(columns[index]?.name ?? '');
}
