import type { CallOptions, DeadLetter, Stream } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { byteLength } from '../engine/byte-length.js';
import type { SqlContext } from '../engine/sql-context.js';
import { type LetterCells, letterOf } from './letter-rows.js';

/** The part of the dead letters that a call reads. */
export interface LetterPage {
  readonly after?: string;
  readonly limit: number;
  /** Longer bodies are read as an empty text. Absent: all are read whole. */
  readonly maxBodyBytes?: number;
}

/**
 * Reads dead letters of the stream in the order of their keys. A letter that is settled between two reads is left out, and
 * the next one takes its place: fewer than `limit` come only at the end.
 */
export async function listDeadLetters(
  context: SqlContext,
  stream: Stream,
  { signal, after, limit, maxBodyBytes }: CallOptions & LetterPage,
): Promise<readonly DeadLetter[]> {
  const { db, engine } = context;
  const lettersBehind = (position: string | undefined, count: number) => {
    let query = db.selectFrom('dead_letters').where('stream', '=', stream).orderBy('letter_key');
    if (position !== undefined) query = query.where('letter_key', '>', position);
    return query.modifyEnd(engine.types.firstRows(count));
  };
  if (maxBodyBytes === undefined) {
    return (await lettersBehind(after, limit).selectAll().execute({ signal })).map(letterOf);
  }
  const letters: DeadLetter[] = [];
  for (let position = after; letters.length < limit; ) {
    const wanted = limit - letters.length;
    const rows = await lettersBehind(position, wanted).select(boundedCells(context, maxBodyBytes)).execute({ signal });
    for (const row of rows) {
      const letter = await wholeLetter(context, stream, row, signal);
      if (letter !== null) letters.push(withoutLongBody(letter, maxBodyBytes));
    }
    if (rows.length < wanted) break;
    position = rows.at(-1)?.letter_key;
  }
  return letters;
}

/** A row whose long texts are left out. `is_long` is 1 where the exact texts are too long to be read beside others. */
type BoundedRow = LetterCells & { readonly is_long: number | string | bigint };

/**
 * Returns the columns of a row of bounded size. A long `$overflow` is left out: it holds the exact id of the contact too, so it is
 * read afterwards, one row at a time.
 */
function boundedCells({ engine }: SqlContext, maxBodyBytes: number) {
  const body =
    maxBodyBytes < 1
      ? sql<string>`${sql.lit('')}`
      : sql<string>`case when ${byteLength(engine, 'body')} <= ${sql.lit(maxBodyBytes)} then body else ${sql.lit('')} end`;
  const isLong = sql`${byteLength(engine, '$overflow')} > ${sql.lit(LONG_BYTES)}`;
  return [
    ...(['letter_key', 'kind', 'contact_id', 'md5', 'code', 'reason', 'first_seen_at', 'attempts'] as const),
    body.as('body'),
    sql<string | null>`case when ${isLong} then null else ${sql.id('$overflow')} end`.as('$overflow'),
    sql<number | string | bigint>`case when ${isLong} then 1 else 0 end`.as('is_long'),
  ] as const;
}

/** Exact texts up to this length are read many at a time. */
const LONG_BYTES = 16 << 10;

/** Returns the letter with its exact texts; null: it is gone. */
async function wholeLetter(
  { db }: SqlContext,
  stream: Stream,
  row: BoundedRow,
  signal: AbortSignal,
): Promise<DeadLetter | null> {
  if (Number(row.is_long) === 0) return letterOf(row);
  const its = db.selectFrom('dead_letters').where('stream', '=', stream).where('letter_key', '=', row.letter_key);
  const exact = await its.select('$overflow').executeTakeFirst({ signal });
  return exact === undefined ? null : letterOf({ ...row, $overflow: exact.$overflow });
}

function withoutLongBody(letter: DeadLetter, maxBytes: number): DeadLetter {
  return Buffer.byteLength(letter.body) > maxBytes ? { ...letter, body: '' } : letter;
}
