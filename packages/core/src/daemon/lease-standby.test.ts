import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it } from 'vitest';
import type { RunEvent } from '../observe/run-events.js';
import { claimStream, type StandbyOptions } from './lease-standby.js';
import { isCertainlyDead, thisProcess } from './process-identity.js';

const signal = new AbortController().signal;

/** A clock that moves by what is slept, doing something before each sleep. A sleep of a minute is a deadline: never reached. */
function steppedClock(beforeSleep: () => Promise<unknown> | undefined) {
  let now = 0;
  const sleep = async (ms: number, end: AbortSignal) => {
    if (ms === 60_000) await once(end, 'abort').then(() => end.throwIfAborted());
    await beforeSleep();
    now += ms;
  };
  return { now: () => now, monotonic: () => now, sleep };
}

function standby(options: Partial<StandbyOptions> & Pick<StandbyOptions, 'store'>): Promise<{ epoch: bigint }> {
  return claimStream({
    stream: 'S',
    plan: 'all',
    leaseMs: 30_000,
    standBy: true,
    ownHolder: null,
    mayHold: false,
    clock: steppedClock(() => undefined),
    observe: () => {},
    onHolderAlive: () => {},
    signal,
    ...options,
  });
}

const elsewhere = { host: 'another machine', bootId: 'another boot', pid: 1, startedAt: '1' };

async function heldStore(process = elsewhere, plan = 'all') {
  const store = createMemoryStore(createMemoryTarget());
  const answer = await store.claim('S', plan, { leaseMs: 3_600_000, process, signal });
  if (!answer.granted) throw new Error('not granted');
  return { store, claim: answer.claim };
}

it('R13 takes over from a holder whose counter stands still for 40 s of our monotonic clock', async () => {
  const { store } = await heldStore();
  const clock = steppedClock(() => undefined);
  expect((await standby({ store, clock })).epoch).toBe(2n);
  expect(clock.monotonic()).toBeGreaterThan(40_000);
  expect(clock.monotonic()).toBeLessThanOrEqual(45_000);
});

it('R13 stands by while the holder renews, and says so once', async () => {
  const { store, claim } = await heldStore();
  let renewals = 0;
  const clock = steppedClock(() =>
    renewals++ < 50 ? store.renew(claim, { signal }) : store.release(claim, { signal }),
  );
  const events: RunEvent[] = [];
  let seen = 0;
  const onHolderAlive = () => void seen++;
  await standby({ store, clock, onHolderAlive, observe: (event) => void events.push(event) });
  expect([renewals, seen]).toEqual([51, 50]);
  expect(events).toMatchObject([{ type: 'standby', holder: 'process 1 on another machine' }]);
});

it('R13 takes over at once from a process of this boot that is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const { pid } = child;
  if (pid === undefined) throw new Error('no pid');
  const identity = { ...thisProcess(), pid, startedAt: 'before this one' };
  expect(isCertainlyDead(identity)).toBe(true);
  expect(isCertainlyDead(thisProcess())).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { store } = await heldStore(identity);
  const clock = steppedClock(() => undefined);
  expect((await standby({ store, clock })).epoch).toBe(2n);
  expect(clock.monotonic()).toBe(0);
});

it('R11 takes back its own earlier claim at once', async () => {
  const { store, claim } = await heldStore();
  expect((await standby({ store, ownHolder: claim.holder })).epoch).toBe(2n);
});

it('R15 refuses to run beside a holder when it would end, and names it', async () => {
  const { store } = await heldStore();
  await expect(standby({ store, standBy: false })).rejects.toMatchObject({
    code: 'STREAM_HELD',
    exit: 3,
    message: expect.stringContaining('process 1 on another machine'),
  });
});

it('R15 refuses another plan on a stream whose holder renews, and names both and the way out', async () => {
  const { store, claim } = await heldStore(elsewhere, 'filter=updates_only');
  const clock = steppedClock(() => store.renew(claim, { signal }));
  const refused = standby({ store, clock, plan: 'filter=all' });
  await expect(refused).rejects.toMatchObject({ code: 'STREAM_PLAN_DIFFERS', exit: 2 });
  await expect(refused).rejects.toThrow(/filter=updates_only.*filter=all.*--table-prefix/);
});

it('R15 a daemon with another plan takes over from a holder that died elsewhere, when its counter stands still', async () => {
  const { store } = await heldStore(elsewhere, 'filter=updates_only');
  expect((await standby({ store, plan: 'filter=all' })).epoch).toBe(2n);
});

it('R15 a run that ends refuses another plan on a held stream at once', async () => {
  const { store } = await heldStore(elsewhere, 'filter=updates_only');
  const refused = standby({ store, plan: 'filter=all', standBy: false });
  await expect(refused).rejects.toMatchObject({ code: 'STREAM_PLAN_DIFFERS', exit: 2 });
});
