import { expect, it } from 'vitest';
import type { RunEvent } from '../observe/run-events.js';
import { answerRequests } from './answer-requests.js';
import type { Session } from './session.js';

const HOUR_MS = 3_600_000;
const FROM = '2026-05-01T00:00:00.000Z';
const UNTIL = '2026-05-05T00:00:00.000Z';

/** A session whose API gives no calls after an instant. */
function startSession(readableUntil: string) {
  let ms = 0;
  const starts: string[] = [];
  const settled: string[] = [];
  const events: RunEvent[] = [];
  const requests = [{ key: 'k1', kind: 'refetch-calls', from: FROM, until: UNTIL }];
  const page = { write: async () => {}, end: () => {} };
  const session = {
    settings: { delivery: null },
    context: { clock: { monotonic: () => ms } },
    claim: {},
    deadlines: { run: (_kind: string, _stop: unknown, call: (options: unknown) => unknown) => call({}) },
    store: { limits: { batchContacts: 10 }, takeRequests: async () => (settled.length > 0 ? [] : requests) },
    api: {
      now: () => Date.parse(UNTIL),
      async *inboundPages({ from, to, onPartial }: { from: string; to: string; onPartial: () => void }) {
        starts.push(from);
        if (to > readableUntil) onPartial();
        yield [];
      },
    },
    writer: { write: async ({ settled: keys }: { readonly settled: readonly string[] }) => settled.push(...keys) },
    inboundOrder: { begin: () => page },
    tally: { totals: {} },
    observe: (event: RunEvent) => events.push(event),
  };
  const cycle = async () => {
    starts.length = 0;
    await answerRequests(session as unknown as Session);
    return starts.length > 0;
  };
  const pass = (passedMs: number) => {
    ms += passedMs;
  };
  return { cycle, pass, starts, settled, events };
}

it('a refetch of calls that the API does not give pauses, goes on where it stopped, and ends with a notice', async () => {
  const { cycle, pass, starts, settled, events } = startSession('2026-05-03T00:00:00.000Z');
  expect(await cycle()).toBe(true);
  expect(await cycle()).toBe(false);
  pass(HOUR_MS);
  expect(await cycle()).toBe(true);
  expect(starts[0]?.slice(0, 10) ?? '').not.toBe(FROM.slice(0, 10));
  let tries = 2;
  for (; settled.length === 0 && tries < 100; tries += 1) {
    pass(HOUR_MS);
    await cycle();
  }
  expect(settled).toEqual(['k1']);
  expect(tries).toBeLessThan(20);
  expect(events).toMatchObject([{ type: 'notice', code: 'REFETCH_CALLS_UNREAD' }]);
});

it('a refetch of calls is settled when they are read', async () => {
  const { cycle, settled, events } = startSession(UNTIL);
  await cycle();
  expect([settled, events]).toEqual([['k1'], []]);
});
