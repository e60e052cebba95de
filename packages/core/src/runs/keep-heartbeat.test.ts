import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createDrivenClock, type DrivenClock } from '../../../../test/harness/clocks/driven-clock.ts';
import { type CallOptions, SinkError } from '../contract/index.js';
import { clockTicker } from '../daemon/ticker.js';
import type { BothClocks } from '../fetch/api-clock.js';
import type { CycleEvent, RunEvent } from '../observe/run-events.js';
import { NO_TOTALS } from '../observe/run-totals.js';
import { type Heartbeat, heartbeatText, parseHeartbeat } from './heartbeat.js';
import { createHeartbeatKeeper, type HeartbeatKeeper } from './keep-heartbeat.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';

const MINUTE_MS = 60_000;
const CYCLE: CycleEvent = {
  type: 'cycle',
  tookMs: 900,
  contacts: 3,
  inboundCalls: 0,
  rows: 9,
  lagMs: 0,
  totals: NO_TOTALS,
};

let clock: DrivenClock;
let kept: Heartbeat[];
let reported: RunEvent[];
let abandoned: unknown[];
let failure: Error | null;
let isHanging: boolean;
/** Lets the store take a heartbeat, once the promise resolves. */
let isTaken: Promise<void>;
let unseenMs: number;
let clocks: BothClocks | null;
let keeper: HeartbeatKeeper;

beforeEach(async () => {
  clock = createDrivenClock();
  clocks = { apiMs: clock.now(), machineMs: clock.now() };
  [kept, reported, abandoned, failure, isHanging, unseenMs] = [[], [], [], null, false, 0];
  isTaken = Promise.resolve();
  const ticker = clockTicker(clock, 5_000);
  const context = { clock, storeClock: clock, ticker, observe: (event: RunEvent) => reported.push(event) };
  keeper = createHeartbeatKeeper(
    { mode: 'db_sync', intervalMs: MINUTE_MS } as RunSettings,
    context as unknown as RunContext,
  );
  const ended = new AbortController();
  const following = keeper.follow(session(ended.signal), ended.signal);
  onTestFinished(async () => {
    ended.abort();
    await following;
  });
  await clock.pass(0);
});

function session(halt: AbortSignal): Session {
  const keepHeartbeat = async (_claim: unknown, text: string, { signal }: CallOptions) => {
    if (failure !== null) throw failure;
    if (isHanging) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    await isTaken;
    const heartbeat = parseHeartbeat(text);
    if (heartbeat !== null) kept.push(heartbeat);
  };
  const eventsUntil = new Date(clock.now() - 2_000).toISOString();
  return {
    settings: { delivery: null },
    store: { reporting: { keepHeartbeat } },
    api: { now: () => clock.now(), clocks: () => clocks, unseenMs: () => unseenMs },
    progress: { current: { eventsUntil, inboundUntil: eventsUntil } },
    abandon: (error: unknown) => abandoned.push(error),
    halt,
  } as unknown as Session;
}

it('keeps one heartbeat at the claim, and one with each cycle', async () => {
  expect(kept).toMatchObject([{ mode: 'db_sync', intervalMs: MINUTE_MS, heldMs: 0, lagMs: 2_000, cycle: null }]);
  for (let minute = 0; minute < 10; minute++) {
    await clock.pass(MINUTE_MS - 3_000);
    keeper.hear(CYCLE);
    await clock.pass(3_000);
  }
  expect(kept).toHaveLength(11);
  expect(kept.at(-1)).toMatchObject({ cycle: { tookMs: 900, contacts: 3 }, heldMs: 10 * MINUTE_MS, trouble: null });
  expect(kept.at(-1)?.cycle?.agoMs).toBeLessThanOrEqual(5_000);
});

it('R4 keeps no lag before the API has shown its clock, so that the clock of the target counts', async () => {
  clocks = null;
  await clock.pass(2 * MINUTE_MS);
  expect(kept.at(-1)?.lagMs).toBeNull();
});

it('R4 counts the time in which the machine slept as lag, until an answer of the API shows its clock', async () => {
  unseenMs = 20 * MINUTE_MS;
  await clock.pass(2 * MINUTE_MS);
  expect(kept.at(-1)?.lagMs).toBeGreaterThan(20 * MINUTE_MS);
});

it('R4 keeps another one where the machine slept before the store took the first, which knows nothing of it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  isTaken = promise;
  keeper.hear(CYCLE);
  await clock.pass(5_000);
  clock.jump(20 * MINUTE_MS);
  unseenMs = 20 * MINUTE_MS;
  resolve();
  await clock.pass(5_000);
  expect(kept.map(({ lagMs }) => lagMs)).toEqual([2_000, 2_000, 2_000 + 20 * MINUTE_MS]);
  await clock.pass(MINUTE_MS);
  expect(kept).toHaveLength(3);
});

it('R4 keeps another one at once where the progress is pulled back, since the lag is greater than before', async () => {
  keeper.hear({ type: 'notice', level: 'warn', code: 'PROGRESS_AHEAD', message: 'later than now' });
  await clock.pass(10_000);
  expect(kept).toHaveLength(2);
});

it('keeps one after one and a half intervals while no cycle ends, with the error that the run waits for', async () => {
  const waiting = {
    level: 'warn',
    for: 'api',
    code: 'API_BUSY',
    message: 'later',
    waitedMs: 1_000,
    attempt: 1,
  } as const;
  keeper.hear({ type: 'waiting', ...waiting });
  await clock.pass(3 * MINUTE_MS);
  expect(kept).toHaveLength(3);
  expect(kept.at(-1)?.trouble).toEqual({ for: 'api', code: 'API_BUSY', forMs: 3 * MINUTE_MS + 1_000 });
  keeper.hear({ type: 'recovered', for: 'api', afterMs: 1 });
  await clock.pass(3 * MINUTE_MS);
  expect(kept.at(-1)?.trouble).toBeNull();
});

it('reports a failure once, and goes on', async () => {
  failure = new Error('no right on sync_heartbeats');
  await clock.pass(10 * MINUTE_MS);
  expect(reported).toMatchObject([{ type: 'notice', level: 'warn', code: 'HEARTBEAT_NOT_KEPT' }]);
  expect(abandoned).toEqual([]);
  failure = null;
  await clock.pass(2 * MINUTE_MS);
  expect(kept.length).toBeGreaterThan(1);
});

it('does not report a store that is busy for less than a minute', async () => {
  failure = new SinkError('SQL_BUSY', 'locked', { verdict: 'retryable', outcome: 'not-committed' });
  await clock.pass(MINUTE_MS / 2);
  failure = null;
  await clock.pass(2 * MINUTE_MS);
  expect(reported).toEqual([]);
  expect(kept.length).toBeGreaterThan(1);
});

it('gives up a heartbeat that hangs after half a minute, so that the end of a run does not wait for it', async () => {
  isHanging = true;
  await clock.pass(2 * MINUTE_MS);
  expect(reported).toMatchObject([{ code: 'HEARTBEAT_NOT_KEPT' }]);
  expect(abandoned).toEqual([]);
});

it('R10 ends the session where a heartbeat is the first call that finds the connection lost', async () => {
  failure = new SinkError('SQL_GONE', 'gone', {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
  await clock.pass(2 * MINUTE_MS);
  expect(abandoned[0]).toBe(failure);
  expect(reported).toEqual([]);
});

it('R36 reads what it wrote, and nothing else', () => {
  const heartbeat = kept[0] ?? null;
  expect(heartbeat && parseHeartbeat(heartbeatText(heartbeat))).toEqual(heartbeat);
  for (const text of ['', 'null', '[]', '{"mode":"db_sync"}', '{"mode":"x","intervalMs":1,"heldMs":1}']) {
    expect(parseHeartbeat(text)).toBeNull();
  }
  const odd = { ...heartbeat, trouble: { for: 'api', code: 'a b', forMs: 1 }, cycle: { agoMs: -1 } };
  expect(parseHeartbeat(JSON.stringify(odd))).toMatchObject({ trouble: null, cycle: null });
});
