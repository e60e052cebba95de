import type { CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlan } from '../columns/table-plan.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { Cell, Storage } from '../engine/storage.js';
import { columnId, forTriggers, tableId } from '../engine/table-id.js';

/** The changes of one row. */
export interface FilledRow {
  readonly id: string;
  /** The values that move out of overflow; null: none does. */
  readonly moved: MovedValues | null;
  /** The cell that repeats a value of the contact; null: it has none, or the row has it. */
  readonly ofContact: string | null;
}

export interface MovedValues {
  readonly cells: readonly { readonly index: number; readonly cell: Cell }[];
  /** The overflow as it was read. */
  readonly text: string;
  /** The overflow as it is from now on. */
  readonly overflow: string | null;
}

/** The most rows of a statement: a longer list of cases takes more time for each row. */
const MOST_ROWS = 100;

/**
 * Changes these rows, many in a statement that commits by itself, so no lock outlives it (R12). Values move only where the
 * overflow is still the one that was read; the cell of the contact is set only where it is still empty. `$changed` moves,
 * since increments by it need the row again. A row that the database refuses stays as it is.
 */
export async function updateRows(
  context: SqlContext,
  plan: TablePlan,
  rows: readonly FilledRow[],
  options: CallOptions,
): Promise<void> {
  const together = rowsOfStatement(context, rows);
  for (let at = 0; at < rows.length; at += together) {
    const slice = rows.slice(at, at + together);
    const moving = slice.filter(isMoving);
    if (moving.length > 0) await unlessRefused(context, moving, (some) => moveValues(context, plan, some), options);
    const others = slice.filter((row) => row.moved === null);
    if (others.length > 0) await unlessRefused(context, others, (some) => repeatValues(context, plan, some), options);
  }
}

type MovingRow = FilledRow & { readonly moved: MovedValues };

function isMoving(row: FilledRow): row is MovingRow {
  return row.moved !== null;
}

function rowsOfStatement({ engine }: SqlContext, rows: readonly FilledRow[]): number {
  const cells = Math.max(0, ...rows.map(({ moved }) => moved?.cells.length ?? 0));
  // Each case has a key and a value; the key is named once more, and the overflow twice.
  const parameters = 2 * cells + 8;
  return Math.max(1, Math.min(MOST_ROWS, Math.floor(engine.limits.parametersPerQuery / parameters)));
}

/** Runs the statement; where it is refused, with half of its rows each, down to the rows that have no room. */
async function unlessRefused<Row>(
  context: SqlContext,
  rows: readonly Row[],
  statementFor: (rows: readonly Row[]) => RawBuilder<unknown>,
  options: CallOptions,
): Promise<void> {
  const { engine, session } = context;
  try {
    await statementFor(rows).execute(session.db, { signal: options.signal });
  } catch (error) {
    if (engine.toSinkError(error).verdict !== 'refused') throw error;
    if (rows.length === 1) return;
    const half = Math.ceil(rows.length / 2);
    await unlessRefused(context, rows.slice(0, half), statementFor, options);
    await unlessRefused(context, rows.slice(half), statementFor, options);
  }
}

/** Returns the statement that moves values out of overflow, and sets the cell of the contact beside them. */
function moveValues(context: SqlContext, plan: TablePlan, rows: readonly MovingRow[]): RawBuilder<unknown> {
  const { columns, overflowIndex } = plan;
  const ofOverflow: Storage = columns[overflowIndex]?.storage ?? { holds: 'unknown' };
  const sets = columns.flatMap(({ storage }, index) => {
    const whens = rows.flatMap(({ id, moved }) =>
      moved.cells.filter((cell) => cell.index === index).map(({ cell }) => whenOf(context, id, cell, storage)),
    );
    return whens.length === 0 ? [] : [sql`${columnId(plan, index)} = ${casesOf(plan, index, whens)}`];
  });
  const overflowBy = (of: (moved: MovedValues) => string | null) => {
    const whens = rows.map(({ id, moved }) => whenOf(context, id, of(moved), ofOverflow));
    return sql`${columnId(plan, overflowIndex)} = ${casesOf(plan, overflowIndex, whens)}`;
  };
  sets.push(
    overflowBy(({ overflow }) => overflow),
    ...setOfContact(context, plan, rows),
  );
  return update(
    context,
    plan,
    rows,
    sets,
    overflowBy(({ text }) => text),
  );
}

/** Returns the statement that sets the cell of the contact. */
function repeatValues(context: SqlContext, plan: TablePlan, rows: readonly FilledRow[]): RawBuilder<unknown> {
  const isEmpty = sql`${columnId(plan, plan.ofContact?.index ?? 0)} is null`;
  return update(context, plan, rows, setOfContact(context, plan, rows), isEmpty);
}

function setOfContact(
  context: SqlContext,
  plan: TablePlan,
  rows: readonly FilledRow[],
): readonly RawBuilder<unknown>[] {
  const whens = rows.flatMap(({ id, ofContact }) =>
    ofContact === null ? [] : [whenOf(context, id, ofContact, { holds: 'unknown' })],
  );
  if (plan.ofContact === null || whens.length === 0) return [];
  const column = columnId(plan, plan.ofContact.index);
  return [sql`${column} = coalesce(${column}, ${casesOf(plan, plan.ofContact.index, whens)})`];
}

function update(
  context: SqlContext,
  plan: TablePlan,
  rows: readonly FilledRow[],
  sets: readonly RawBuilder<unknown>[],
  isAsRead: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const { changed } = plan;
  const all = [...sets, sql`${sql.id(changed.name)} = ${context.engine.types.now(changed.storage)}`];
  return sql`update ${tableId(context, plan.name)} set ${sql.join(all)}
    where ${columnId(plan, 0)} in (${sql.join(rows.map(({ id }) => id))}) and ${isAsRead} ${forTriggers(context)}`;
}

/**
 * Returns the value of the column by these cases, else as it is; that `else` gives the cases the type of the column, which
 * PostgreSQL would else take for text.
 */
function casesOf(plan: TablePlan, index: number, whens: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return sql`case ${columnId(plan, 0)} ${sql.join(whens, sql` `)} else ${columnId(plan, index)} end`;
}

function whenOf({ engine }: SqlContext, id: string, cell: Cell, storage: Storage): RawBuilder<unknown> {
  return sql`when ${id} then ${engine.types.parameter(cell, storage)}`;
}
