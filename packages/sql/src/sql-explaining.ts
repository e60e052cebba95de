import type { CallOptions, Explaining, RowTable, StoredContact, StoredRecord, Stream } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { TablePlans } from './columns/batch-rows.js';
import { readInstant } from './columns/read-instant.js';
import type { TablePlan } from './columns/table-plan.js';
import { ROW_TABLES } from './columns/upstream-columns.js';
import { chunksOf } from './engine/chunks.js';
import type { SqlContext } from './engine/sql-context.js';
import { columnId, tableId } from './engine/table-id.js';
import type { OpenDatabase } from './open-database.js';
import { readNotes } from './stream/missed-notes.js';
import { markCell, markTime } from './write/deletion-marks.js';
import { ownerColumn } from './write/erase-contacts.js';
import { readKnownContacts } from './write/known-contacts.js';
import { readRowsBelow } from './write/rows-below.js';

/** Reads what a SQL database holds of one contact: a few queries by indexed columns. */
export function createSqlExplaining({ callOnTables }: Pick<OpenDatabase, 'callOnTables'>): Explaining {
  return {
    findRecords: (id, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? [] : findRecords(context, plans, id, options);
      }),
    describeContact: (stream, contactId, options) =>
      callOnTables(options, async (context, schema) => {
        const { plans } = await schema.current(options);
        return plans === null ? null : describeContact(context, plans, stream, contactId, options);
      }),
  };
}

async function findRecords(
  context: SqlContext,
  plans: TablePlans,
  id: string,
  { signal }: CallOptions,
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (const table of ROW_TABLES) {
    const { name, idColumns } = plans[table];
    const key = idColumns.find(({ from }) => from === 'id');
    if (id === '' || key?.codec.exact(id) !== id) continue;
    const { rows } = await sql<{ id: string; contact: string | null }>`
      select ${columnId(plans[table], key.index)} as id, ${ownerColumn(plans[table]) ?? sql`null`} as contact
      from ${tableId(context, name)} where ${columnId(plans[table], key.index)} = ${id}`.execute(context.session.db, {
      signal,
    });
    // A collation of another program may take several keys for one.
    for (const row of rows) if (row.id === id) found.push({ kind: table, contactId: row.contact });
  }
  return found;
}

async function describeContact(
  context: SqlContext,
  plans: TablePlans,
  stream: Stream,
  contactId: string,
  options: CallOptions,
): Promise<StoredContact | null> {
  const known = (await readKnownContacts(context, plans.contacts, '', [contactId], options)).get(contactId);
  if (known === undefined) return null;
  const below = (await readRowsBelow(context, plans, [contactId], options)).get(contactId) ?? [];
  const ids = new Map<RowTable, readonly string[]>([['contacts', [contactId]]]);
  for (const table of ['transactions', 'connections', 'recordings'] as const) {
    ids.set(
      table,
      below.filter((row) => row.table === table).map(({ id }) => id),
    );
  }
  ids.set('inbound_calls', await callsOf(context, plans, contactId, options));
  const times: string[] = [];
  for (const [table, keys] of ids) {
    if (table !== 'inbound_calls') times.push(...(await changeTimes(context, plans[table], keys, options)));
  }
  const notes = await readNotes(context, stream, [contactId], options);
  const counts = ROW_TABLES.map((table) => [table, ids.get(table)?.length ?? 0] as const);
  return {
    md5: known.rowMd5,
    stream: known.campaign,
    changedAt: times.sort().at(-1) ?? null,
    records: Object.fromEntries(counts) as StoredContact['records'],
    note: notes.get(contactId) ?? null,
    ...(await markOf(context, plans.contacts, contactId, options)),
  };
}

async function markOf(
  context: SqlContext,
  plan: TablePlan,
  contactId: string,
  { signal }: CallOptions,
): Promise<Pick<StoredContact, 'deletedAt'>> {
  const cell = markCell(context, plan);
  if (cell === null) return {};
  const { rows } = await sql<{ mark: unknown }>`
    select ${cell} as mark from ${tableId(context, plan.name)}
    where ${columnId(plan, 0)} = ${contactId}`.execute(context.session.db, { signal });
  return { deletedAt: markTime(rows[0]?.mark) };
}

async function callsOf(
  context: SqlContext,
  { inbound_calls }: TablePlans,
  contactId: string,
  { signal }: CallOptions,
): Promise<readonly string[]> {
  const contact = inbound_calls.fields.get('contact_id');
  if (contact?.codec.exact(contactId) !== contactId) return [];
  const column = columnId(inbound_calls, contact.index);
  const { rows } = await sql<{ id: string; contact: string }>`
    select ${columnId(inbound_calls, 0)} as id, ${column} as contact
    from ${tableId(context, inbound_calls.name)} where ${column} = ${contactId}`.execute(context.session.db, {
    signal,
  });
  return rows.filter((row) => row.contact === contactId).map(({ id }) => id);
}

/** Returns the newest `$changed` of each chunk of these rows. */
async function changeTimes(
  context: SqlContext,
  plan: TablePlan,
  keys: readonly string[],
  { signal }: CallOptions,
): Promise<readonly string[]> {
  const { engine, session } = context;
  const { changed } = plan;
  const times: string[] = [];
  for (const chunk of chunksOf(keys, engine)) {
    const newest = engine.types.readCell(sql`max(${sql.id(changed.name)})`, changed.type, changed.storage);
    const { rows } = await sql<{ newest: unknown }>`
      select ${newest} as newest from ${tableId(context, plan.name)}
      where ${columnId(plan, 0)} in (${sql.join(chunk)})`.execute(session.db, { signal });
    const time = readInstant(rows[0]?.newest);
    if (time !== null) times.push(time);
  }
  return times;
}
