import type { CallOptions, RowTable, Stream, StreamState } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { CAMPAIGN_FIELDS, findColumn } from './columns/table-plan.js';
import type { SqlContext } from './engine/sql-context.js';
import { tableId } from './engine/table-id.js';
import { filledTables } from './schema/filled-tables.js';
import type { SchemaState } from './schema/schema-state.js';
import { readHolder } from './stream/lease.js';
import { parseStoredProgress } from './stream/stored-progress.js';
import type { RowsMarks } from './write/rows-marks.js';

/** Reads the progress of a stream, and whether the rows are there that its progress relies on. */
export async function readStreamState(
  context: SqlContext,
  schema: SchemaState,
  marks: RowsMarks,
  stream: Stream,
  options: CallOptions,
): Promise<StreamState> {
  const query = context.db.selectFrom('sync_state').select('progress').where('stream', '=', stream);
  const text = (await query.executeTakeFirst(options))?.progress ?? null;
  const stored = parseStoredProgress(text);
  const { generation } = schema;
  const load = schema.phase === null ? {} : { isLoading: true };
  const isLost = stored !== null && (stored.rows?.generation ?? '') !== generation;
  const known = isLost ? undefined : stored?.rows?.tables;
  marks.remember(stream, { generation, tables: known ?? (await filledTables(context, schema, options)) });
  const heldBy = await readHolder(context, stream, options);
  if (stored !== null)
    return { progress: stored.progress, hasForeignRows: false, hasLostRows: isLost, heldBy, ...load };
  if (text !== null) tellUnreadable(context, stream);
  const hasForeignRows = await hasRows(context, schema, stream, options);
  return { progress: null, hasForeignRows, hasLostRows: false, heldBy, ...load };
}

function tellUnreadable({ names, notify }: SqlContext, stream: Stream): void {
  const message = `The progress of campaign ${stream} in ${names.sync_state} cannot be read. It counts as lost.`;
  notify({ level: 'warn', code: 'SQL_PROGRESS_UNREADABLE', message });
}

/** True where the campaign has a row, of any writer. Tables may hold other campaigns too. */
async function hasRows(
  context: SqlContext,
  schema: SchemaState,
  stream: Stream,
  options: CallOptions,
): Promise<boolean> {
  for (const table of ['contacts', 'inbound_calls'] as const) {
    const column = CAMPAIGN_FIELDS[table] ?? '';
    if (await hasRowsIn(context, schema, { table, column, stream }, options)) return true;
  }
  return false;
}

async function hasRowsIn(
  context: SqlContext,
  { descriptions }: SchemaState,
  { table, column, stream }: { readonly table: RowTable; readonly column: string; readonly stream: Stream },
  options: CallOptions,
): Promise<boolean> {
  const { engine, names, session } = context;
  const campaign = findColumn({ name: column }, descriptions[table]?.columns ?? []);
  if (campaign === undefined) return false;
  const { rows } = await sql`
    select 1 as found from ${tableId(context, names[table])} where ${sql.id(campaign.name)} = ${stream}
    order by 1 ${engine.types.firstRows(1)}`.execute(session.db, options);
  return rows.length > 0;
}
