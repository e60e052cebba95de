import type { CallOptions, ContactNote, Stream } from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';

/** Each row of notes has three values. */
const ROWS_A_STATEMENT = 100;

/** True where the table of the notes is there: a copy of an earlier version, or of an account that may create no tables, has none. */
export async function hasNotes({ names, session }: SqlContext, options: CallOptions): Promise<boolean> {
  return (await session.schema.describe(names.sync_missing, options)) !== null;
}

/** Reads the notes about these contacts, by their id. */
export async function readNotes(
  context: SqlContext,
  stream: Stream,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  const notes = new Map<string, string>();
  if (!(await hasNotes(context, options))) return notes;
  for (const chunk of chunksOf(contactIds, context.engine)) {
    const select = context.db.selectFrom('sync_missing').select(['contact_id', 'note']);
    const rows = await select.where('stream', '=', stream).where('contact_id', 'in', chunk).execute(options);
    for (const { contact_id, note } of rows) notes.set(contact_id, note);
  }
  return notes;
}

export function deleteNotes(
  { db, engine }: SqlContext,
  stream: Stream,
  contactIds: readonly string[],
): CompiledQuery[] {
  return chunksOf(contactIds, engine).map((chunk) =>
    db.deleteFrom('sync_missing').where('stream', '=', stream).where('contact_id', 'in', chunk).compile(),
  );
}

export function insertNotes({ db }: SqlContext, stream: Stream, notes: readonly ContactNote[]): CompiledQuery[] {
  const rows = notes.flatMap(({ contactId, note }) => (note === null ? [] : [{ stream, contact_id: contactId, note }]));
  const statements: CompiledQuery[] = [];
  for (let start = 0; start < rows.length; start += ROWS_A_STATEMENT) {
    const values = rows.slice(start, start + ROWS_A_STATEMENT);
    statements.push(db.insertInto('sync_missing').values(values).compile());
  }
  return statements;
}

/** Deletes the notes about contacts that are erased, of all campaigns of these tables. */
export async function deleteAllNotes(
  context: SqlContext,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<readonly CompiledQuery[]> {
  if (!(await hasNotes(context, options))) return [];
  return chunksOf(contactIds, context.engine).map((chunk) =>
    context.db.deleteFrom('sync_missing').where('contact_id', 'in', chunk).compile(),
  );
}
