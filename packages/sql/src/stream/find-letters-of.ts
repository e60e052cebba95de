import { type CallOptions, contactOfLetter } from '@dbsync/core/contract';
import type { CompiledQuery } from 'kysely';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { contactKey, letterOf } from './letter-rows.js';
import { listDeadLetters } from './list-dead-letters.js';

/** The dead letters of some contacts, from all campaigns of these tables. */
export interface LettersOfContacts {
  /** The contact of each letter, by stream and key. */
  readonly owners: ReadonlyMap<string, string>;
  readonly deletes: readonly CompiledQuery[];
}

/** The name of a dead letter among those of all campaigns. */
interface LetterName {
  readonly stream: string;
  readonly letter_key: string;
}

/** Finds the dead letters of these contacts. The letter of an inbound call names its contact in its body alone. */
export async function findLettersOf(
  context: SqlContext,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<LettersOfContacts> {
  const { db, engine } = context;
  const asked = new Map(contactIds.map((id) => [contactKey(id), id]));
  const owners = new Map<string, string>();
  const deletes: CompiledQuery[] = [];
  const add = ({ stream, letter_key }: LetterName, owner: string | undefined) => {
    if (owner === undefined) return;
    owners.set(JSON.stringify([stream, letter_key]), owner);
    const letters = db.deleteFrom('dead_letters').where('stream', '=', stream);
    deletes.push(letters.where('letter_key', '=', letter_key).compile());
  };
  for (const chunk of chunksOf([...asked.keys()], engine)) {
    const named = db.selectFrom('dead_letters').select(['stream', 'letter_key', 'contact_key']);
    for (const row of await named.where('contact_key', 'in', chunk).execute(options)) {
      add(row, asked.get(row.contact_key));
    }
  }
  for await (const [name, contactId] of contactsOfCalls(context, options)) add(name, asked.get(contactKey(contactId)));
  return { owners, deletes };
}

const PAGE_BODIES = 100;
/** Longer bodies are read one at a time. */
const PAGE_BODY_BYTES = 64 << 10;

/** Yields the contact of each dead letter of an inbound call. Long bodies are read one at a time. */
async function* contactsOfCalls(
  context: SqlContext,
  options: CallOptions,
): AsyncGenerator<readonly [LetterName, string]> {
  const { db } = context;
  const calls = db.selectFrom('dead_letters').where('contact_key', '=', '').where('kind', '=', 'inbound-call');
  for (const { stream } of await calls.select('stream').distinct().execute(options)) {
    let after: string | undefined;
    for (;;) {
      const page = { limit: PAGE_BODIES, maxBodyBytes: PAGE_BODY_BYTES, ...(after !== undefined && { after }) };
      const letters = await listDeadLetters(context, stream, { ...options, ...page });
      for (const letter of letters) {
        if (letter.kind !== 'inbound-call' || letter.contactId !== null) continue;
        const name = { stream, letter_key: letter.key };
        const contactId = contactOfLetter(letter.body === '' ? await readWhole(context, name, options) : letter);
        if (contactId !== null) yield [name, contactId];
      }
      after = letters.at(-1)?.key;
      if (letters.length < PAGE_BODIES) break;
    }
  }
}

async function readWhole({ db }: SqlContext, { stream, letter_key }: LetterName, options: CallOptions) {
  const its = db.selectFrom('dead_letters').selectAll().where('stream', '=', stream);
  const row = await its.where('letter_key', '=', letter_key).executeTakeFirst(options);
  return row === undefined ? ({ contactId: null, kind: 'inbound-call', body: '' } as const) : letterOf(row);
}
