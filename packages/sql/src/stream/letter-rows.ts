import { hash } from 'node:crypto';
import {
  canonicalJson,
  type DeadLetter,
  type Fields,
  fieldOf,
  isFields,
  jsonOrNull,
  readDeadLetterKind,
  type Stream,
} from '@dbsync/core/contract';
import type { Insertable, Selectable } from 'kysely';
import { textCodec } from '../columns/text-codec.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { DeadLettersTable } from '../engine/sync-tables.js';
import { storedCount } from './stored-whole.js';

/** The part of a stored dead letter that a newer one of its key takes over. */
export type KnownLetter = Pick<Selectable<DeadLettersTable>, 'letter_key' | 'first_seen_at' | 'attempts'>;

/** Returns the digest by which rows name a contact: ids can be longer than a key. */
export function contactKey(contactId: string): string {
  return hash('sha256', Buffer.from(contactId, 'utf16le'), 'hex');
}

/** Returns the row of a dead letter. @param known the row that it replaces */
export function letterRow(
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

/** The cells that a dead letter is read from. */
export type LetterCells = Selectable<Omit<DeadLettersTable, 'stream' | 'contact_key'>>;

/** Returns the dead letter of a row. */
export function letterOf(row: LetterCells): DeadLetter {
  const stored = jsonOrNull(row.$overflow ?? '{}');
  const overflow: Fields = isFields(stored) ? stored : {};
  const exact = (name: 'contact_id' | 'md5' | 'reason' | 'body') => {
    const value = fieldOf(overflow, name);
    return typeof value === 'string' ? value : row[name];
  };
  return {
    key: row.letter_key,
    kind: readDeadLetterKind(row.kind),
    contactId: exact('contact_id'),
    md5: exact('md5'),
    code: row.code,
    reason: exact('reason') ?? '',
    body: exact('body') ?? '',
    firstSeenAt: row.first_seen_at,
    attempts: storedCount(row.attempts),
  };
}
