import { hash } from 'node:crypto';
import {
  type Batch,
  type CallOptions,
  canonicalJson,
  contactOfLetter,
  type DeadLetter,
  type DeadLetterKind,
  type Fields,
  fieldOf,
  isFields,
  jsonOrNull,
  type Stream,
} from '@dbsync/core/contract';
import type { CompiledQuery, Insertable, Selectable } from 'kysely';
import { textCodec } from '../columns/text-codec.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { DeadLettersTable } from '../engine/sync-tables.js';
import { storedCount } from './stored-whole.js';

export async function listDeadLetters(
  { db, engine }: SqlContext,
  stream: Stream,
  { signal, after, limit }: CallOptions & { readonly after?: string; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  let query = db.selectFrom('dead_letters').selectAll().where('stream', '=', stream).orderBy('letter_key');
  if (after !== undefined) query = query.where('letter_key', '>', after);
  const rows = await query.modifyEnd(engine.types.firstRows(limit)).execute({ signal });
  return rows.map(letterOf);
}

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
  const rows = [...letters.values()].map((letter) => rowOf(context, stream, letter, known.get(letter.key)));
  return [
    ...chunksOf(gone, engine).map((chunk) =>
      db.deleteFrom('dead_letters').where('stream', '=', stream).where('letter_key', 'in', chunk).compile(),
    ),
    ...rows.map((row) => db.insertInto('dead_letters').values(row).compile()),
  ];
}

type KnownLetter = Pick<Selectable<DeadLettersTable>, 'letter_key' | 'first_seen_at' | 'attempts'>;

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

/** The dead letters of some contacts, from all campaigns of these tables. */
export interface LettersOfContacts {
  /** The contact of each letter, by stream and key. */
  readonly owners: ReadonlyMap<string, string>;
  readonly deletes: readonly CompiledQuery[];
}

/** Finds the dead letters of these contacts. The letter of an inbound call names its contact in its body alone. */
export async function findLettersOf(
  { db, engine }: SqlContext,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<LettersOfContacts> {
  const asked = new Map(contactIds.map((id) => [contactKey(id), id]));
  const all = db.selectFrom('dead_letters').selectAll();
  const queries = [
    ...chunksOf([...asked.keys()], engine).map((chunk) => all.where('contact_key', 'in', chunk)),
    all.where('contact_key', '=', '').where('kind', '=', 'inbound-call'),
  ];
  const owners = new Map<string, string>();
  const deletes: CompiledQuery[] = [];
  for (const query of queries) {
    for (const row of await query.execute(options)) {
      const owner = asked.get(row.contact_key) ?? asked.get(contactKey(contactOfLetter(letterOf(row)) ?? ''));
      if (owner === undefined) continue;
      owners.set(JSON.stringify([row.stream, row.letter_key]), owner);
      const letters = db.deleteFrom('dead_letters').where('stream', '=', row.stream);
      deletes.push(letters.where('letter_key', '=', row.letter_key).compile());
    }
  }
  return { owners, deletes };
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

function contactKey(contactId: string): string {
  return hash('sha256', Buffer.from(contactId, 'utf16le'), 'hex');
}

function rowOf(
  { engine }: SqlContext,
  stream: Stream,
  letter: DeadLetter,
  known: KnownLetter | undefined,
): Insertable<DeadLettersTable> {
  const storage = engine.types.storageOf(engine.types.declare('text', 'native'), 'text');
  const codec = storage.holds === 'text' ? textCodec(storage) : null;
  const overflow: Record<string, string> = {};
  const text = (name: string, value: string): string => {
    const exact = codec?.exact(value);
    if (typeof exact === 'string') return exact;
    overflow[name] = value;
    return String(codec?.nearest(value) ?? '');
  };
  const row = {
    stream,
    letter_key: letter.key,
    kind: letter.kind,
    contact_key: letter.contactId === null ? '' : contactKey(letter.contactId),
    contact_id: letter.contactId === null ? null : text('contact_id', letter.contactId),
    md5: letter.md5 === null ? null : text('md5', letter.md5),
    code: letter.code,
    reason: text('reason', letter.reason),
    body: text('body', letter.body),
    first_seen_at: earlier(letter.firstSeenAt, known?.first_seen_at),
    attempts: letter.attempts + storedCount(known?.attempts ?? 0),
  };
  return { ...row, $overflow: Object.keys(overflow).length === 0 ? null : canonicalJson(overflow) };
}

function earlier(a: string, b: string | undefined): string {
  return b !== undefined && b < a ? b : a;
}

/**
 * All kinds. A letter of another kind says nothing that dbsync could act on, and counts as one of kind `entry` (R36).
 */
const KINDS: readonly DeadLetterKind[] = [
  'entry',
  'fetch',
  'contact',
  'transaction',
  'connection',
  'recording',
  'inbound-call',
  'message',
];

function letterOf(row: Selectable<DeadLettersTable>): DeadLetter {
  const stored = jsonOrNull(row.$overflow ?? '{}');
  const overflow: Fields = isFields(stored) ? stored : {};
  const exact = (name: 'contact_id' | 'md5' | 'reason' | 'body') => {
    const value = fieldOf(overflow, name);
    return typeof value === 'string' ? value : row[name];
  };
  return {
    key: row.letter_key,
    kind: KINDS.find((kind) => kind === row.kind) ?? 'entry',
    contactId: exact('contact_id'),
    md5: exact('md5'),
    code: row.code,
    reason: exact('reason') ?? '',
    body: exact('body') ?? '',
    firstSeenAt: row.first_seen_at,
    attempts: storedCount(row.attempts),
  };
}
