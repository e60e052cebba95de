import { type CallOptions, canonicalJson, type Fields, type Json } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import { overflowText, readOverflow } from '../columns/overflow-text.js';
import type { TablePlan } from '../columns/table-plan.js';
import { byteLength } from '../engine/byte-length.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { Cell } from '../engine/storage.js';
import { forTriggers, tableId } from '../engine/table-id.js';
import { markFilled } from './column-map.js';
import { type MappedColumn, readSchema, type SchemaState } from './schema-state.js';

/** The number of rows read in one step. */
const STEP_ROWS = 500;
/** Longer texts are read one at a time. */
const LONG_BYTES = 16 << 10;
/** The most columns filled in one pass over the table: expressions have a greatest depth. */
const PASS_COLUMNS = 200;

/**
 * Moves values out of rows' overflow into columns that were added, or grew wider, after the rows were written. Before
 * it begins the map gets its next version, so a write made without the columns fails; no values are added to those that
 * are moved. A row that another process writes meanwhile is left as that process wrote it. The work may be cut off and
 * begun again anywhere.
 *
 * @param state the tables as they were read last
 * @returns the tables as they are now
 */
export async function fillColumns(context: SqlContext, state: SchemaState, options: CallOptions): Promise<SchemaState> {
  if (unfilled(state).length === 0) return state;
  await nextVersion(context, options);
  for (const { plan, columns } of unfilled(await readSchema(context, options))) {
    for (let at = 0; at < columns.length; at += PASS_COLUMNS) {
      const due = columns.slice(at, at + PASS_COLUMNS);
      await fillTable(context, plan, due, options);
      await markFilled(
        context,
        plan.rowTable,
        due.map(({ field }) => field),
        options,
      );
    }
  }
  return readSchema(context, options);
}

interface Unfilled {
  readonly plan: TablePlan;
  readonly columns: readonly MappedColumn[];
}

function unfilled({ plans, map }: SchemaState): Unfilled[] {
  return Object.values(plans ?? {}).flatMap((plan) => {
    const columns = map.filter(
      ({ table, filled, field }) => table === plan.rowTable && !filled && plan.fields.has(field),
    );
    return columns.length === 0 ? [] : [{ plan, columns }];
  });
}

async function nextVersion({ db }: SqlContext, options: CallOptions): Promise<void> {
  await db
    .updateTable('sync_columns')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('table_name', '=', '')
    .execute(options);
}

async function fillTable(
  context: SqlContext,
  plan: TablePlan,
  due: readonly MappedColumn[],
  options: CallOptions,
): Promise<void> {
  const { engine, session } = context;
  const [table, key, overflow] = [tableId(context, plan.name), columnId(plan, 0), columnId(plan, plan.overflowIndex)];
  const mentioned = sql.join(
    due.map(({ field }) => sql`${overflow} like ${mentionOf(field)} escape '!'`),
    sql` or `,
  );
  const bytes = byteLength(engine, plan.columns[plan.overflowIndex]?.name ?? '');
  const readOne = async (id: string) => {
    const one = sql<{ overflow: string }>`select ${overflow} as overflow from ${table} where ${key} = ${id}`;
    return (await one.execute(session.db, options)).rows[0]?.overflow ?? undefined;
  };
  let after: RawBuilder<unknown> = sql``;
  for (;;) {
    const { rows } = await sql<{ id: string; overflow: string | null }>`
      select ${key} as id, case when ${bytes} > ${sql.lit(LONG_BYTES)} then null else ${overflow} end as overflow from ${table}
      where ${overflow} is not null and (${mentioned}) ${after}
      order by ${key} ${engine.types.firstRows(STEP_ROWS)}`.execute(session.db, options);
    for (const { id, overflow: short } of rows) {
      const text = short ?? (await readOne(id));
      const moved = text === undefined ? null : moveOut(plan, due, text);
      if (moved === null) continue;
      const cells = moved.cells.map(({ index, cell }) => {
        const storage = plan.columns[index]?.storage ?? { holds: 'unknown' };
        return sql`${columnId(plan, index)} = ${engine.types.parameter(cell, storage)}`;
      });
      const update = sql`
        update ${table} set ${sql.join(cells)}, ${overflow} = ${moved.overflow},
          ${sql.id(plan.changed.name)} = ${engine.types.now(plan.changed.storage)}
        where ${key} = ${id} and ${overflow} = ${text} ${forTriggers(context)}`;
      await unlessFull(engine, () => update.execute(session.db, options));
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = sql`and ${key} > ${last.id}`;
  }
}

/** Runs the update. A row that has no room for more values keeps them in its overflow. */
async function unlessFull({ toSinkError }: SqlContext['engine'], update: () => Promise<unknown>): Promise<void> {
  try {
    await update();
  } catch (error) {
    if (toSinkError(error).verdict !== 'refused') throw error;
  }
}

interface Moved {
  readonly cells: readonly { readonly index: number; readonly cell: Cell }[];
  readonly overflow: string | null;
}

/** Returns the values to move; null where none of the columns has a value in this overflow. */
function moveOut(plan: TablePlan, due: readonly MappedColumn[], text: string): Moved | null {
  const overflow = parseOverflow(text);
  if (overflow === null) return null;
  const left = new Map<string, Json>(Object.entries(overflow));
  const cells: { index: number; cell: Cell }[] = [];
  for (const { field } of due) {
    const [column, value] = [plan.fields.get(field), left.get(field)];
    if (column === undefined || value === undefined) continue;
    const exact = column.codec.exact(value);
    if (exact !== undefined) left.delete(field);
    cells.push({ index: column.index, cell: exact === undefined ? column.codec.nearest(value) : exact });
  }
  if (cells.length === 0) return null;
  return { cells, overflow: left.size === 0 ? null : overflowText(Object.fromEntries(left)) };
}

/**
 * Reads an overflow. Null for a value of more levels than the stack has room for, and for a cell that another program
 * has changed and that is no JSON (R36): both may stay where they are.
 */
function parseOverflow(text: string): Fields | null {
  try {
    return readOverflow(text);
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Returns a LIKE pattern for canonical JSON that may have this key; it may match other texts too. */
function mentionOf(field: string): string {
  const key = canonicalJson(field).slice(0, 1000);
  return `%${key.replace(/[!%_[\\]/g, (sign) => (sign === '\\' ? '_' : `!${sign}`))}%`;
}

function columnId(plan: TablePlan, index: number): RawBuilder<unknown> {
  return sql.id(plan.columns[index]?.name ?? '');
}
