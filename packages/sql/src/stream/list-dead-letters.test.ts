import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { SqlContext } from '../engine/sql-context.js';
import { listDeadLetters } from './list-dead-letters.js';

/** A context with the letters k1 to k5. The exact texts of k2 are long, and k2 is settled before they are read. */
function contextOfLetters(): SqlContext {
  let [after, limit] = ['', 0];
  const rowOf = (key: string) => ({
    letter_key: key,
    kind: 'contact',
    contact_id: `cut id of ${key}`,
    md5: null,
    code: 'X',
    reason: '',
    body: '',
    first_seen_at: '2026-05-05T00:00:00.000Z',
    attempts: 1,
    $overflow: null,
    is_long: key === 'k2' ? 1 : 0,
  });
  const query = {
    select: () => query,
    orderBy: () => query,
    modifyEnd: () => query,
    where: (column: string, operator: string, value: string) => {
      if (column === 'letter_key' && operator === '>') after = value;
      return query;
    },
    execute: async () =>
      ['k1', 'k2', 'k3', 'k4', 'k5']
        .filter((key) => key > after)
        .slice(0, limit)
        .map(rowOf),
    executeTakeFirst: async () => undefined,
  };
  const firstRows = (count: number) => {
    limit = count;
    return sql``;
  };
  return { db: { selectFrom: () => query }, engine: { types: { firstRows } } } as unknown as SqlContext;
}

it.each([
  [1, ['k1']],
  [3, ['k1', 'k3', 'k4']],
  [9, ['k1', 'k3', 'k4', 'k5']],
])(
  'leaves out a letter that is settled meanwhile, and fills the page of %d with the next ones',
  async (limit, keys) => {
    const { signal } = new AbortController();
    const letters = await listDeadLetters(contextOfLetters(), 'C1', { signal, limit, maxBodyBytes: 0 });
    expect(letters.map(({ key }) => key)).toEqual(keys);
  },
);
