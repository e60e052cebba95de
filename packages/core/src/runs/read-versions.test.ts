import { expect, it } from 'vitest';
import { createSleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import type { ContactVersion } from '../contract/index.js';
import { requestsFor, storedMd5 } from './read-versions.js';
import type { StoreSession } from './session.js';

const { signal } = new AbortController();
const known: ContactVersion = { md5: 'm1', refused: false };

/** The parts of a session that the reading uses. */
function sessionOf(versions: Readonly<Record<string, ContactVersion>>) {
  const store = { readVersions: async () => new Map(Object.entries(versions)) };
  const deadlines = createLearnedDeadlines(createSleepingClock(), 60_000);
  const session = { store, claim: {}, deadlines, storeGate: createSemaphore(1), stop: signal };
  return session as unknown as StoreSession;
}

it('takes the md5 of a refused contact for none', () => {
  expect(storedMd5(known)).toBe('m1');
  expect(storedMd5({ ...known, refused: true })).toBeNull();
  expect(storedMd5(undefined)).toBeNull();
});

it('R37 asks for no forgotten contact, and for the others with their stored md5', async () => {
  const session = sessionOf({ A: known, B: { ...known, forgotten: true } });
  const requests = await requestsFor(session, ['A', 'B', 'C'], 'changed');
  expect(requests.map(({ id, stored, isOrdered }) => ({ id, stored, isOrdered }))).toEqual([
    { id: 'A', stored: 'm1', isOrdered: true },
    { id: 'C', stored: null, isOrdered: true },
  ]);
});
