import { expect, it } from 'vitest';
import { createStoreTrouble } from '../concurrency/store-trouble.js';
import { type Batch, type Claim, type ContactTree, SinkError, type StoreSink } from '../contract/index.js';
import type { RunEvent } from '../observe/run-events.js';
import { watchStore } from './watched-store.js';

const CLOCK = { now: () => 0, monotonic: () => 0, sleep: async () => {} };
const OPTIONS = { signal: new AbortController().signal };
const CLAIM = { stream: 'CAMPAIGN' } as Claim;
const EMPTY: Batch = { contacts: [], inboundCalls: [], deadLetters: [], settled: [] };
const LOST = new SinkError('TEST_LOST', 'gone', { verdict: 'retryable', outcome: 'unknown', connectionLost: true });

/** Returns the `write` of a watched store, which fails once, and the lines of the log. */
function failingOnce() {
  const events: RunEvent[] = [];
  const failures = [LOST];
  const write = async () => {
    const failure = failures.pop();
    if (failure !== undefined) throw failure;
    return { inserted: 0, updated: 0, unchanged: 0, bytes: 0, changedUnderSameMd5: [] };
  };
  const store = watchStore(
    { write } as unknown as StoreSink,
    createStoreTrouble(CLOCK, (event) => void events.push(event)),
  );
  return { write: (batch: Partial<Batch>) => store.write({ ...EMPTY, ...batch }, CLAIM, OPTIONS), events };
}

const contact = (contactId: string) => ({ contactId }) as ContactTree;

it('R34 tells of the end of a wait for a commit of progress alone with the next commit of any contact', async () => {
  const { write, events } = failingOnce();
  await expect(write({})).rejects.toBe(LOST);
  await write({ contacts: [contact('A')] });
  expect(events.map(({ type }) => type)).toEqual(['waiting', 'recovered']);
});

it('R34 waits for a contact that was not written, whatever else is', async () => {
  const { write, events } = failingOnce();
  await expect(write({ contacts: [contact('A')] })).rejects.toBe(LOST);
  await write({ contacts: [contact('B')] });
  await write({});
  expect(events.map(({ type }) => type)).toEqual(['waiting']);
  await write({ contacts: [contact('A')] });
  expect(events.map(({ type }) => type)).toEqual(['waiting', 'recovered']);
});
