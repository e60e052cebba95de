import type { Batch, CallOptions, DeadLetter, Stream } from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { contactKey, type KnownLetter, letterRow } from './letter-rows.js';

/** Reads the md5 of each of these contacts that was refused, or could not be fetched, since it was last accepted. */
export async function readRefusals(
  { db, engine }: SqlContext,
  stream: Stream,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, string>> {
  const refusals = new Map<string, string>();
  if (!(await hasLetters({ db, engine }, stream, options))) return refusals;
  const ids = new Map(contactIds.map((id) => [contactKey(id), id]));
  for (const chunk of chunksOf([...ids.keys()], engine)) {
    const rows = await db
      .selectFrom('dead_letters')
      .select(['contact_key', 'md5'])
      .where('stream', '=', stream)
      .where('kind', 'in', ['contact', 'fetch'])
      .where('contact_key', 'in', chunk)
      .execute(options);
    for (const { contact_key, md5 } of rows) {
      const id = ids.get(contact_key);
      if (id !== undefined && md5 !== null) refusals.set(id, md5);
    }
  }
  return refusals;
}

/**
 * Makes the batch's changes to the dead letters of its stream. Stores its own letters under their key, with the
 * earliest time and the sum of attempts. Removes those that it settles, and those of the contacts that it accepts.
 */
export async function changeDeadLetters(
  context: SqlContext,
  stream: Stream,
  batch: Batch,
  options: CallOptions,
): Promise<CompiledQuery[]> {
  const { db, engine } = context;
  const letters = new Map<string, DeadLetter>();
  for (const letter of batch.deadLetters) letters.set(letter.key, letter);
  for (const { deadLetters } of batch.contacts) for (const letter of deadLetters) letters.set(letter.key, letter);
  const known = await readAffected(context, stream, batch, [...letters.keys()], options);
  const gone = [...known.keys()];
  const rows = [...letters.values()].map((letter) => letterRow(context, stream, letter, known.get(letter.key)));
  return [
    ...chunksOf(gone, engine).map((chunk) =>
      db.deleteFrom('dead_letters').where('stream', '=', stream).where('letter_key', 'in', chunk).compile(),
    ),
    ...rows.map((row) => db.insertInto('dead_letters').values(row).compile()),
  ];
}

/** Reads the letters that the batch replaces or ends, by key. */
async function readAffected(
  { db, engine }: SqlContext,
  stream: Stream,
  batch: Batch,
  newKeys: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, KnownLetter>> {
  const known = new Map<string, KnownLetter>();
  if (!(await hasLetters({ db, engine }, stream, options))) return known;
  const all = db
    .selectFrom('dead_letters')
    .select(['letter_key', 'first_seen_at', 'attempts'])
    .where('stream', '=', stream);
  const ofContacts = chunksOf(
    batch.contacts.map(({ contactId }) => contactKey(contactId)),
    engine,
  );
  const queries = [
    ...ofContacts.map((chunk) => all.where('contact_key', 'in', chunk).where('kind', '<>', 'message')),
    ...chunksOf([...newKeys, ...batch.settled], engine).map((chunk) => all.where('letter_key', 'in', chunk)),
  ];
  for (const query of queries) {
    for (const row of await query.execute(options)) known.set(row.letter_key, row);
  }
  return known;
}

/** True where there are letters. Mostly there are none, and then no further query is needed. */
async function hasLetters(
  { db, engine }: Pick<SqlContext, 'db' | 'engine'>,
  stream: Stream,
  options: CallOptions,
): Promise<boolean> {
  const first = db.selectFrom('dead_letters').select('letter_key').where('stream', '=', stream).orderBy('letter_key');
  return (await first.modifyEnd(engine.types.firstRows(1)).execute(options)).length > 0;
}

/** Deletes the stream's dead letters of these contacts, as accepting the contacts would: `message` stays. */
export function deleteLettersOf(
  { db, engine }: SqlContext,
  stream: Stream,
  contactIds: readonly string[],
): readonly CompiledQuery[] {
  const letters = db.deleteFrom('dead_letters').where('stream', '=', stream).where('kind', '<>', 'message');
  return chunksOf(contactIds.map(contactKey), engine).map((chunk) =>
    letters.where('contact_key', 'in', chunk).compile(),
  );
}
