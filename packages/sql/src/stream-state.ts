import type { CallOptions, Progress, Stream, StreamState } from '@dbsync/core/contract';
import { sql } from 'kysely';
import type { SchemaState } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import { findColumn } from './table-plan.js';

export async function readStreamState(
  context: SqlContext,
  schema: SchemaState,
  stream: Stream,
  options: CallOptions,
): Promise<StreamState> {
  const query = context.db.selectFrom('sync_state').select('progress').where('stream', '=', stream);
  const text = (await query.executeTakeFirst(options))?.progress ?? null;
  const progress: Progress | null = text === null ? null : JSON.parse(text);
  return {
    progress,
    hasForeignRows: progress === null && (await hasUnprovedContacts(context, schema, stream, options)),
  };
}

/** Contacts of the campaign that no write of ours proves to be whole. */
async function hasUnprovedContacts(
  { engine, names, session }: SqlContext,
  { descriptions }: SchemaState,
  stream: Stream,
  options: CallOptions,
): Promise<boolean> {
  const columns = descriptions.contacts?.columns ?? [];
  const campaign = findColumn({ name: '$campaign_id' }, columns);
  const proof = findColumn({ name: '$sync' }, columns);
  if (campaign === undefined) return false;
  const unproved = proof === undefined ? sql`` : sql`and ${sql.id(proof.name)} is null`;
  const { rows } = await sql`
    select 1 as found from ${sql.id(names.contacts)} where ${sql.id(campaign.name)} = ${stream} ${unproved}
    order by 1 ${engine.types.firstRows(1)}`.execute(session.db, options);
  return rows.length > 0;
}
