import { expect, it } from 'vitest';
import { createDrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { createApiClock } from '../fetch/api-clock.js';
import type { RunEvent } from '../observe/run-events.js';
import { type DeliveryStartSession, startNow } from './delivery-start.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.UTC(2026, 2, 2, 12);

/** A first start on a machine whose clock is ahead of the API's by so much; `askNow` brings the `Date` of an answer. */
function startAt(aheadMs: number, settings: Partial<DeliveryStartSession['settings']> = {}, newSinceMs = 0) {
  const clock = createDrivenClock(NOW + aheadMs);
  const reported: RunEvent[] = [];
  const apiClock = createApiClock(clock);
  const answer = () => apiClock.ask()(new Date(NOW + clock.monotonic()).toUTCString());
  answer();
  answer();
  const { signal } = new AbortController();
  const session = {
    settings: { delivery: {}, since: null, ...settings } as DeliveryStartSession['settings'],
    observe: (event: RunEvent) => reported.push(event),
    stop: signal,
    api: { now: apiClock.sureNow, clocks: apiClock.both, askNow: async () => answer() },
    context: { clock },
    newSinceMs,
  };
  const started = { ms: null as number | null };
  const done = startNow(session).then((ms) => {
    started.ms = ms;
  });
  return { clock, reported, started, done };
}

it('R28 begins at once where the clocks agree', async () => {
  const { done, started, reported } = startAt(MINUTE_MS);
  await done;
  expect([started.ms, reported]).toEqual([NOW, []]);
});

it('R28 waits for the clock of a machine that is behind to be set, and begins where it started to wait', async () => {
  const { clock, reported, started } = startAt(-3 * DAY_MS);
  await clock.pass(2 * MINUTE_MS);
  expect(started.ms).toBeNull();
  const warning = {
    code: 'DELIVERY_START_UNSURE',
    level: 'warn',
    message: expect.stringMatching(/2026-02-27T12.*--since/),
  };
  expect(reported).toEqual([expect.objectContaining(warning)]);
  clock.jump(3 * DAY_MS);
  await clock.pass(MINUTE_MS);
  expect(started.ms).toBe(NOW);
});

it.each([-3 * DAY_MS, 3 * DAY_MS])(
  'R28 begins at the earlier clock after five minutes, and says so: machine %d ms ahead',
  async (ms) => {
    const { clock, reported, started } = startAt(ms);
    await clock.pass(5 * MINUTE_MS);
    expect(started.ms).toBe(NOW + Math.min(0, ms));
    const begins = `since ${new Date(NOW + Math.min(0, ms)).toISOString()}`;
    expect(reported.at(-1)).toMatchObject({ message: expect.stringContaining(begins) });
  },
);

it.each([{}, { delivery: null }])(
  'R28 begins at the start of the process, however long the API gave no answer since: %j',
  async (settings) => {
    const { done, started } = startAt(0, settings, -5 * HOUR_MS);
    await done;
    expect(started.ms).toBe(NOW - 5 * HOUR_MS);
  },
);

it('takes the present time where --since is given: it may be later than the start of the process', async () => {
  const { done, started } = startAt(0, { since: '2026-03-02T11:00:00.000Z' }, -5 * HOUR_MS);
  await done;
  expect(started.ms).toBe(NOW);
});

it.each([{ since: '2026-03-01T00:00:00.000Z' }, { delivery: null }])('does not wait with %j', async (settings) => {
  const { done, started, reported } = startAt(-3 * DAY_MS, settings);
  await done;
  expect([started.ms, reported]).toEqual([NOW - 3 * DAY_MS, []]);
});
