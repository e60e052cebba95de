import type { Cell } from '@dbsync/sql';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { sendRequest } from './copy-request.js';
import { copyText } from './copy-text.js';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client({ connectionString: await createTestDatabase() });
  await client.connect();
  await client.query('CREATE TEMPORARY TABLE kept (nr int, a text, n numeric, b boolean, z text)');
});
afterAll(() => client.end());

/**
 * Texts that a text column can hold: without NUL and halves of surrogate pairs. Characters that COPY could mistake come
 * often.
 */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\\',
      '\\.',
      '\\N',
      'N',
      '\t',
      '\n',
      '\r',
      '\b',
      '\f',
      '\v',
      '\u2028',
      '😀',
      '\ufffd',
      '"',
      "'",
      '',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((unit) => unit !== '\0'),
  ),
});
const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger());
const row = fc.tuple(fc.option(text), fc.option(number), fc.option(fc.boolean()), fc.option(text));

it('brings every cell back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
      const cells = rows.map(([a, n, b, z], nr): readonly Cell[] => [z, b, 'left out', nr, n, a]);
      const source = copyText(cells, [3, 5, 4, 1, 0]);
      await sendRequest(client, { text: 'TRUNCATE kept; COPY kept FROM STDIN', sources: [source] }).results;
      const stored = await client.query({ text: 'SELECT a, n, b, z FROM kept ORDER BY nr', rowMode: 'array' });
      expect(stored.rows.map(([a, n, b, z]) => [a, n === null ? null : Number(n), b, z])).toEqual(
        rows.map(([a, n, b, z]) => [a, n === null ? null : n + 0, b, z]),
      );
    }),
    { numRuns: 200 },
  );
});

it('writes more than one piece of a large batch, and texts larger than a piece', async () => {
  const cells = Array.from({ length: 5_000 }, (_, nr): readonly Cell[] => [
    nr,
    nr === 17 ? 'ä'.repeat(1_000_000) : `row ${nr}`,
  ]);
  expect([...copyText(cells, [0, 1])].length).toBeGreaterThan(2);
  const text = 'TRUNCATE kept; COPY kept (nr, a) FROM STDIN';
  await sendRequest(client, { text, sources: [copyText(cells, [0, 1])] }).results;
  const { rows } = await client.query('SELECT count(*)::int AS rows, max(length(a)) AS longest FROM kept');
  expect(rows).toEqual([{ rows: 5_000, longest: 1_000_000 }]);
});

it('fails the request, and not the connection, when the rows cannot be read to their end', async () => {
  function* broken(): Generator<Buffer, void, undefined> {
    yield Buffer.from('1\tx\n');
    throw new Error('no more rows');
  }
  const request = sendRequest(client, { text: 'COPY kept (nr, a) FROM STDIN; DELETE FROM kept', sources: [broken()] });
  await expect(request.results).rejects.toThrow('no more rows');
  expect(request.isComplete()).toBe(false);
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

it('stops sending when the server has refused a row, and goes on with the next request', async () => {
  const cells = Array.from({ length: 20_000 }, (_, nr): readonly Cell[] => [
    nr === 0 ? 'no number' : nr,
    'x'.repeat(100),
  ]);
  const request = sendRequest(client, { text: 'COPY kept (nr, a) FROM STDIN', sources: [copyText(cells, [0, 1])] });
  await expect(request.results).rejects.toMatchObject({ code: '22P02' });
  const { results } = sendRequest(client, {
    text: 'TRUNCATE kept; COPY kept (nr) FROM STDIN; SELECT count(*) FROM kept',
    sources: [copyText([[1]], [0])],
  });
  expect((await results)[2]?.rows).toEqual([{ count: '1' }]);
});
