import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import type { DeadLetter, StoreSink } from '../contract/index.js';
import { deadLetterPages, readDeadLetter, storedDeadLetterPages, storedDeadLetters } from './dead-letter-pages.js';
import type { StoreSession } from './session.js';

const MIB = 1 << 20;
const signal = new AbortController().signal;

function letter(nr: number, body: string): DeadLetter {
  const key = String(nr).padStart(6, '0');
  const rest = { md5: null, code: 'C', reason: 'r', firstSeenAt: '2026-03-02T10:00:00.000Z', attempts: 1 };
  return { key, kind: 'contact', contactId: `${nr}`, body, ...rest };
}

interface Listed {
  readonly obeys?: boolean;
  /** Called before each answer. */
  readonly onList?: (letters: Map<string, DeadLetter>, limit: number) => void;
}

/** A store with these dead letters. It counts the most bytes of bodies in one answer. */
function storeOf(all: readonly DeadLetter[], { obeys = true, onList = () => {} }: Listed = {}) {
  const letters = new Map(all.map((one) => [one.key, one]));
  const seen = { mostBytes: 0 };
  const store: Pick<StoreSink, 'listDeadLetters'> = {
    listDeadLetters: async (_stream, { after = '', limit, maxBodyBytes = Number.POSITIVE_INFINITY }) => {
      onList(letters, limit);
      const page = [...letters.values()].filter(({ key }) => key > after).sort((a, b) => (a.key < b.key ? -1 : 1));
      const bounded = page
        .slice(0, limit)
        .map((one) => (obeys && one.body.length > maxBodyBytes ? { ...one, body: '' } : one));
      seen.mostBytes = Math.max(
        seen.mostBytes,
        bounded.reduce((sum, { body }) => sum + body.length, 0),
      );
      return bounded;
    },
  };
  const deadlines = createLearnedDeadlines(systemClock, 60_000);
  const session = { store, claim: { stream: 'S' }, deadlines, stop: signal } as unknown as StoreSession;
  return { store: store as StoreSink, session, seen };
}

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const long = 'x'.repeat(15 * MIB);
const letters = Array.from({ length: 620 }, (_, nr) => letter(nr, nr % 10 === 0 ? long : '{}'));
const heads = letters.map(({ body: _, ...head }) => head);

it('lists dead letters without a body of theirs in memory, with a claim and without', async () => {
  const { store, session, seen } = storeOf(letters);
  expect((await allOf(storedDeadLetterPages(store, 'S', signal))).flat()).toEqual(heads);
  expect((await allOf(deadLetterPages(session))).flat()).toEqual(heads);
  expect(seen.mostBytes).toBe(0);
});

it('reads long bodies one at a time, and each letter whole', async () => {
  const { store, session, seen } = storeOf(letters);
  let index = 0;
  for await (const one of storedDeadLetters(store, 'S', signal, () => true)) {
    expect(one === letters[index] || one.body === letters[index]?.body).toBe(true);
    index += 1;
  }
  expect(index).toBe(letters.length);
  expect((await readDeadLetter(session, '000610'))?.body.length).toBe(long.length);
  expect((await readDeadLetter(session, '000000'))?.body.length).toBe(long.length);
  expect(await readDeadLetter(session, 'none')).toBe(null);
  expect(seen.mostBytes).toBe(long.length);
});

it('reads those that are wanted alone', async () => {
  const { store } = storeOf(letters);
  const wanted = await allOf(storedDeadLetters(store, 'S', signal, ({ key }) => key === '000007' || key === '000619'));
  expect(wanted).toEqual([letters[7], letters[619]]);
});

it('takes bodies that a sink of an earlier release returns although none was asked for', async () => {
  const few = letters.slice(1, 9);
  const { store, session } = storeOf(few, { obeys: false });
  expect((await allOf(storedDeadLetterPages(store, 'S', signal))).flat()).toEqual(heads.slice(1, 9));
  expect(await readDeadLetter(session, '000008')).toEqual(letters[8]);
});

it('finds the body of a dead letter although another one was added in front of it, and none of one that is gone', async () => {
  const isAlone = (limit: number) => limit === 1;
  const added = storeOf([letter(1, '{}'), letter(5, long)], {
    onList: (all, limit) => isAlone(limit) && all.set('000003', letter(3, '{}')),
  });
  const bodies = (await allOf(storedDeadLetters(added.store, 'S', signal, () => true))).map(({ body }) => body.length);
  expect(bodies).toEqual([2, long.length]);
  const settled = storeOf([letter(1, '{}'), letter(5, long)], {
    onList: (all, limit) => isAlone(limit) && all.delete('000005'),
  });
  expect((await allOf(storedDeadLetters(settled.store, 'S', signal, () => true))).map(({ key }) => key)).toEqual([
    '000001',
  ]);
});
