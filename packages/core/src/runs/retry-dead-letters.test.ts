import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import type { DeadLetter } from '../contract/index.js';
import { createWantedContacts } from '../discover/wanted-contacts.js';
import { newDeadLetter } from '../records/new-dead-letter.js';
import { retryOnce } from './retry-dead-letters.js';
import type { Session } from './session.js';

const { signal } = new AbortController();
const PAGE = 500;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function letterOf(nr: number): DeadLetter {
  const context = { stream: 'C', now: () => '2026-03-02T12:00:00.000Z' };
  const failed = { contactId: `${nr}`, md5: 'm', code: 'REFUSED', reason: 'too long', record: 'x'.repeat(1_000) };
  return newDeadLetter(context, { kind: 'contact', identity: `${nr}`, ...failed });
}

it('R22 holds the bodies of one page of dead letters in memory while it looks for contacts to try again', async () => {
  const given: WeakRef<DeadLetter>[] = [];
  const left = new Set(Array.from({ length: 5 * PAGE }, (_, nr) => nr));
  let heldInMemory = 0;
  const session = {
    context: { clock: systemClock },
    claim: { stream: 'C' },
    deadlines: createLearnedDeadlines(systemClock, 60_000),
    storeGate: createSemaphore(1),
    stop: signal,
    wanted: createWantedContacts(() => 0),
    writer: { mayFail: () => {} },
    store: {
      readVersions: async () => new Map(),
      async listDeadLetters(_stream: string, { after }: { readonly after?: string }) {
        await new Promise((resolve) => setImmediate(resolve));
        collectGarbage();
        heldInMemory = Math.max(heldInMemory, given.filter((letter) => letter.deref() !== undefined).length);
        const letters = [...left].map(letterOf).sort((a, b) => (a.key < b.key ? -1 : 1));
        const page = letters.filter(({ key }) => after === undefined || key > after).slice(0, PAGE);
        given.push(...page.map((letter) => new WeakRef(letter)));
        return page;
      },
    },
    pipeline: {
      async move() {
        left.clear();
        return { missing: new Set(), lagging: new Set() };
      },
    },
  };
  await retryOnce(session as unknown as Session);
  expect(given.length).toBeGreaterThan(4 * PAGE);
  expect(heldInMemory).toBeLessThanOrEqual(PAGE);
});
