import type { DatabaseSync } from 'node:sqlite';
import { prepareQuery } from '../file/prepared-query.js';

/** The largest number of a row. Counting never reaches a larger number, so another program has written it. */
export const MOST_COUNTED = 2 ** 52;

/** Returns the SQL condition that a column holds a number that counting never reaches. */
export function isImpossibleNumber(column: string): string {
  return `(${column} > ${MOST_COUNTED} OR ${column} < 0)`;
}

/**
 * Returns a function that gives the number of a new message, which is also that of its body. No message gets a number that
 * a message, a body or an acceptance has, or had since the file was opened: another program may have removed a body, and
 * an acceptance that still names it must never meet the body of another message (R36).
 */
export function createMessageNumbers(db: DatabaseSync): () => number {
  const lastOf = ['SELECT max(message_nr) AS nr FROM bodies', 'SELECT max(nr) AS nr FROM messages'].map((text) =>
    prepareQuery<{ readonly nr: number | null }>(db, text, { key: 'nr' }),
  );
  const named = prepareQuery<{ readonly nr: number }>(db, `SELECT ${LAST_NAMED} AS nr`);
  let last: number | null = null;
  return () => {
    last ??= named.get()?.nr ?? 0;
    last = 1 + Math.max(last, ...lastOf.map((query) => query.get()?.nr ?? 0));
    return last;
  };
}

/** The SQL of the largest number of a body that an acceptance names. */
const LAST_NAMED = `ifnull((
  SELECT max(body_nr) FROM attempts
  WHERE nr >= (SELECT bodies_from FROM control) AND body_nr BETWEEN 0 AND ${MOST_COUNTED}), 0)`;

const MESSAGES = ['messages', 'nr'] as const;
const BODIES = ['bodies', 'message_nr'] as const;
const IMPOSSIBLE = (table: string, key: string, isImpossible: string) =>
  `SELECT ${key} AS former FROM ${table} WHERE ${isImpossible}`;
const LAST = ([table, key]: readonly [string, string]) =>
  `ifnull((SELECT max(${key}) FROM ${table} WHERE ${key} BETWEEN 0 AND ${MOST_COUNTED}), 0)`;

/**
 * Gives messages and bodies with an impossible number the next free numbers. A message and a body of the same number
 * get the same new number, and the ledger and the acceptances that name them follow.
 */
export function repairMessageNumbers(db: DatabaseSync): void {
  const impossible = [MESSAGES, BODIES]
    .flatMap(([table, key]) =>
      [`${key} > ${MOST_COUNTED}`, `${key} < 0`].map((isImpossible) => IMPOSSIBLE(table, key, isImpossible)),
    )
    .join(' UNION ALL ');
  if (prepareQuery<{ readonly former: number }>(db, `${impossible} LIMIT 1`).get() === undefined) return;
  const numberOf = (key: string) => `(SELECT moved.nr FROM temp.moved_numbers AS moved WHERE moved.former = ${key})`;
  db.exec(`
    CREATE TEMP TABLE moved_numbers (former INTEGER PRIMARY KEY, nr INTEGER NOT NULL);
    INSERT INTO temp.moved_numbers
      SELECT former, max(${LAST(MESSAGES)}, ${LAST(BODIES)}, ${LAST_NAMED})
        + row_number() OVER (ORDER BY former) FROM (SELECT DISTINCT former FROM (${impossible}));
    UPDATE messages SET nr = ${numberOf('messages.nr')} WHERE ${isImpossibleNumber('nr')};
    UPDATE bodies SET message_nr = ${numberOf('bodies.message_nr')} WHERE ${isImpossibleNumber('message_nr')};
    UPDATE attempts SET body_nr = ${numberOf('attempts.body_nr')}
      WHERE body_nr IN (SELECT former FROM temp.moved_numbers);
    UPDATE ledger SET message_nr = moved.nr
      FROM temp.moved_numbers AS moved JOIN messages ON messages.nr = moved.nr
      WHERE ledger.stream_nr = messages.stream_nr AND ledger.transaction_id = messages.transaction_id
        AND (ledger.message_nr = moved.former OR (ledger.outcome IS NULL AND ledger.queued = messages.hash));
    DROP TABLE temp.moved_numbers;`);
}
