import { type CallOptions, canonicalJson, type Fields, type Json } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import { cellOfContact, type TablePlans } from '../columns/batch-rows.js';
import { overflowText, readOverflow } from '../columns/overflow-text.js';
import type { TablePlan } from '../columns/table-plan.js';
import { byteLength } from '../engine/byte-length.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';
import { type FilledRow, type MovedValues, updateRows } from './update-rows.js';

/** The number of rows of one step. */
export const STEP_ROWS = 1000;
/** Longer texts are read one at a time. */
const LONG_BYTES = 16 << 10;

/** The columns that are filled in one pass over a table. */
export interface DueColumns {
  readonly plans: TablePlans;
  readonly plan: TablePlan;
  readonly fields: readonly string[];
}

/** The rows that one step went through. */
export interface FilledStep {
  readonly rows: number;
  /** The key of the last one; null: the table has no rows behind the one where the step began. */
  readonly last: string | null;
}

/**
 * Fills the columns of the next rows in the order of their keys: with values out of their overflow, and with the value of
 * their contact. A row that another process writes meanwhile is left as that process wrote it. A row that has no room
 * keeps its values in overflow.
 *
 * @param after the key behind which it begins; null: at the first row
 */
export async function fillStep(
  context: SqlContext,
  due: DueColumns,
  after: string | null,
  options: CallOptions,
): Promise<FilledStep> {
  const { plan, fields } = due;
  const rows = await readStep(context, due, after, options);
  const contacts = await valuesOfContacts(context, due, rows, options);
  const filled: FilledRow[] = [];
  for (const { id, isDue, overflow: short, contact } of rows) {
    const ofContact = contact === null ? null : (contacts.get(contact) ?? null);
    const text = Number(isDue) === 0 ? null : (short ?? (await readOverflowOf(context, plan, id, options)));
    const moved = text === null ? null : moveOut(plan, fields, text);
    if (moved !== null || ofContact !== null) filled.push({ id, moved, ofContact });
  }
  await updateRows(context, plan, filled, options);
  return { rows: rows.length, last: rows.at(-1)?.id ?? null };
}

interface StepRow {
  readonly id: string;
  /** True where its overflow may have one of the fields. */
  readonly isDue: number | string | boolean;
  /** Null where it has none of them, and where it is long. */
  readonly overflow: string | null;
  /** The id of its contact, where the column that repeats a field of the contact is empty and due. */
  readonly contact: string | null;
}

async function readStep(
  context: SqlContext,
  { plan, fields }: DueColumns,
  after: string | null,
  { signal }: CallOptions,
): Promise<readonly StepRow[]> {
  const { engine, session } = context;
  const [key, overflow] = [columnId(plan, 0), columnId(plan, plan.overflowIndex)];
  const own = fields.filter((field) => plan.fields.has(field));
  const mentions = own.map((field) => sql`${overflow} like ${mentionOf(field)} escape '!'`);
  const isDue = mentions.length === 0 ? sql`1 = 0` : sql`${sql.join(mentions, sql` or `)}`;
  const bytes = byteLength(engine, plan.columns[plan.overflowIndex]?.name ?? '');
  const { rows } = await sql<StepRow>`
    select ${key} as ${sql.id('id')}, case when ${isDue} then 1 else 0 end as ${sql.id('isDue')},
      case when (${isDue}) and ${bytes} <= ${sql.lit(LONG_BYTES)} then ${overflow} end as ${sql.id('overflow')},
      ${contactOf(plan, fields)} as ${sql.id('contact')}
    from ${tableId(context, plan.name)} ${after === null ? sql`` : sql`where ${key} > ${after}`}
    order by ${key} ${engine.types.firstRows(STEP_ROWS)}`.execute(session.db, { signal });
  return rows;
}

function contactOf(plan: TablePlan, fields: readonly string[]): RawBuilder<unknown> {
  const { ofContact, idColumns } = plan;
  const contact = idColumns.find(({ from }) => from === 'contactId');
  if (ofContact === null || contact === undefined || !fields.includes(ofContact.field)) return sql`null`;
  return sql`case when ${columnId(plan, ofContact.index)} is null then ${columnId(plan, contact.index)} end`;
}

/** Returns the cells that repeat the value of each contact of these rows, by the contact's id. */
async function valuesOfContacts(
  context: SqlContext,
  { plans, plan: { ofContact } }: DueColumns,
  rows: readonly StepRow[],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const column = ofContact === null ? undefined : plans.contacts.fields.get(ofContact.field);
  if (ofContact === null || column === undefined) return found;
  const [key, value] = [columnId(plans.contacts, 0), columnId(plans.contacts, column.index)];
  const ids = [...new Set(rows.flatMap(({ contact }) => contact ?? []))];
  for (const chunk of chunksOf(ids, context.engine)) {
    const query = sql<{ id: string; value: string | null }>`
      select ${key} as id, ${value} as value from ${tableId(context, plans.contacts.name)}
      where ${key} in (${sql.join(chunk)})`;
    for (const { id, value: text } of (await query.execute(context.session.db, { signal })).rows) {
      const cell = cellOfContact(ofContact, { [ofContact.field]: text });
      if (cell !== null) found.set(id, String(cell));
    }
  }
  return found;
}

async function readOverflowOf(
  context: SqlContext,
  plan: TablePlan,
  id: string,
  { signal }: CallOptions,
): Promise<string | null> {
  const one = sql<{ overflow: string | null }>`
    select ${columnId(plan, plan.overflowIndex)} as overflow from ${tableId(context, plan.name)}
    where ${columnId(plan, 0)} = ${id}`;
  return (await one.execute(context.session.db, { signal })).rows[0]?.overflow ?? null;
}

/** Returns the values to move; null where none of the columns has a value in this overflow. */
function moveOut(plan: TablePlan, due: readonly string[], text: string): MovedValues | null {
  const overflow = parseOverflow(text);
  if (overflow === null) return null;
  const left = new Map<string, Json>(Object.entries(overflow));
  const cells: MovedValues['cells'][number][] = [];
  for (const field of due) {
    const [column, value] = [plan.fields.get(field), left.get(field)];
    if (column === undefined || value === undefined) continue;
    const exact = column.codec.exact(value);
    if (exact !== undefined) left.delete(field);
    cells.push({ index: column.index, cell: exact === undefined ? column.codec.nearest(value) : exact });
  }
  if (cells.length === 0) return null;
  return { cells, text, overflow: left.size === 0 ? null : overflowText(Object.fromEntries(left)) };
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
