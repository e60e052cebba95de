import { guardStore } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import { type FaultSpec, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, rowsOfMessages } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Starts a current copy in memory and the daemon that keeps it current, on a clock that can jump. */
async function startCopying() {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 60, clock });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  const stream = target.streams.get(simulator.campaign);
  if (!stream) throw new Error('no stream');
  return { clock, simulator, target, run, stream };
}

type Copying = Awaited<ReturnType<typeof startCopying>>;

function letMinutesPass({ clock }: Copying, minutes: number): void {
  for (let minute = 0; minute < minutes; minute++) clock.jump(MINUTE_MS);
}

/** Lets time pass by itself, minute by minute, until the test ends. */
function letTimePass(copying: Copying): void {
  const ticking = setInterval(() => letMinutesPass(copying, 1), 50);
  onTestFinished(() => clearInterval(ticking));
}

const HANGS: readonly (readonly [what: string, fault: FaultSpec])[] = [
  ['a request for contacts', { kind: 'hang', endpoint: 'contacts' }],
  ['a request for events', { kind: 'hang', endpoint: 'transactions' }],
];

it.each(HANGS)(
  'reads inbound calls and answers the mailbox while %s hangs, and tells what is behind',
  async (_, fault) => {
    const copying = await startCopying();
    const { simulator, target, run, stream } = copying;
    const calls = () => rowsOfMessages(target, 'inbound_calls').length;
    const before = calls();
    simulator.faults.set([fault]);
    simulator.activity.step(3, 'new-contact');
    simulator.activity.step(2, 'inbound-call');
    stream.requests.set('drop', { key: 'drop', kind: 'drop', deadLetterKey: 'none' });
    const behind = run.next('behind', ({ part }) => part === 'events');
    const cycle = run.next('cycle', ({ inboundCalls }) => inboundCalls > 0);
    letTimePass(copying);
    await expect.poll(calls).toBe(before + 2);
    await expect.poll(() => stream.requests.size).toBe(0);
    expect(await behind).toMatchObject({ level: 'warn', allowedMs: 3 * MINUTE_MS });
    expect((await cycle).lagMs).toBeGreaterThan(MINUTE_MS);
    await run.stop();
  },
);

it('copies events while a request for inbound calls hangs, and tells that these are behind', async () => {
  const copying = await startCopying();
  const { simulator, run } = copying;
  simulator.faults.set([{ kind: 'hang', endpoint: 'inbound-calls' }]);
  const added = simulator.activity.step(3, 'new-contact').length;
  const behind = run.next('behind', ({ part }) => part === 'inbound');
  const cycle = run.next('cycle', ({ contacts }) => contacts >= added);
  letTimePass(copying);
  await cycle;
  expect(await behind).toMatchObject({ level: 'warn' });
  await run.stop();
});

it('R2 does not count the time of an outage as time of a listing: the next one comes five minutes later', async () => {
  const copying = await startCopying();
  const { clock, simulator, run } = copying;
  simulator.faults.set([{ kind: 'reset', endpoint: 'contacts-list' }]);
  const waiting = run.next('waiting', ({ message }) => message.includes('contacts/list'));
  letMinutesPass(copying, 6);
  await waiting;
  letMinutesPass(copying, 180);
  const listing = () => run.next('part-done', ({ part }) => part === 'listing');
  const first = listing();
  simulator.faults.clear();
  letMinutesPass(copying, 2);
  await first;
  const second = listing();
  clock.jump(5 * MINUTE_MS);
  await second;
  await run.stop();
});

it('lists completely once where the clock of the API was set back behind the last complete listing', async () => {
  const copying = await startCopying();
  const { clock, simulator, run, stream } = copying;
  await run.stop();
  if (stream.progress === null) throw new Error('no progress');
  const fullyListedFrom = new Date(clock.now() + 240 * HOUR_MS).toISOString();
  Object.assign(stream, { progress: { ...stream.progress, fullyListedFrom } });
  const again = startRun({ simulator, store: createMemoryStore(copying.target), clock, mode: 'db_sync' });
  await again.next('part-done', ({ part }) => part === 'listing');
  expect(Date.parse(stream.progress?.fullyListedFrom ?? '')).toBeLessThanOrEqual(clock.now());
  await again.stop();
});

it('claims again where a call to the store never ends, and continues', async () => {
  const { clock, simulator, target, run } = await startCopying();
  await run.stop();
  const store = guardStore(hangingOnce(createMemoryStore(target)));
  const again = startRun({ simulator, store, clock, storeClock: clock, mode: 'db_sync' });
  await again.next('claimed');
  const ticking = setInterval(() => clock.jump(1_000), 10);
  onTestFinished(() => clearInterval(ticking));
  expect(await again.next('waiting', (event) => event.for === 'store')).toMatchObject({ code: 'SINK_CALL_ABORTED' });
  await again.next('cycle');
  await again.stop();
});

/** Returns a store whose first change of columns is never answered. */
function hangingOnce(store: StoreSink): StoreSink {
  let isFirst = true;
  return {
    ...store,
    declareFields: (fields, options) => {
      if (!isFirst) return store.declareFields(fields, options);
      isFirst = false;
      return new Promise(() => {});
    },
  };
}
