import { systemClock } from '@dbsync/core';
import type { Progress } from '@dbsync/core/contract';
import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const inDays = (days: number) => new Date(systemClock.now() + days * DAY_MS).toISOString();

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 60, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

function instantsOf(progress: Progress | null | undefined): number[] {
  if (!progress) throw new Error('no progress');
  const { since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil } = progress;
  return [since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil].flatMap((mark) => mark ?? []).map(Date.parse);
}

it.each(['db_sync', 'db_init', 'db_update'] as const)(
  'R4 a first start of %s while every Date is ten days ahead stores nothing from the future',
  async (mode) => {
    const simulator = await simulate();
    simulator.faults.set([{ kind: 'date', offsetMs: 10 * DAY_MS }]);
    const target = createMemoryTarget();
    const run = startRun({ simulator, store: createMemoryStore(target), mode });
    await run.next(mode === 'db_sync' ? 'cycle' : 'stopped');
    await run.stop();
    const instants = instantsOf(target.streams.get(simulator.campaign)?.progress);
    expect(instants.length).toBeGreaterThan(0);
    expect(Math.max(...instants)).toBeLessThan(systemClock.now() + MINUTE_MS);
  },
);

it('R4 copies on while every Date is ten days ahead, and when that ends', async () => {
  const simulator = await simulate();
  simulator.faults.set([{ kind: 'date', offsetMs: 10 * DAY_MS }]);
  const target = createMemoryTarget();
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', intervalMs: 1_000 });
  await run.next('cycle');
  for (const isAhead of [true, false]) {
    if (!isAhead) simulator.faults.clear();
    const written = run.next('cycle', ({ contacts }) => contacts > 0);
    simulator.activity.step(5, 'transaction');
    await written;
  }
  await run.stop();
});

it('R4 pulls progress from the future back at a start, tells it, and copies what happens from then on', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const store = createMemoryStore(target);
  await startRun({ simulator, store }).done;
  const stream = target.streams.get(simulator.campaign);
  if (!stream?.progress) throw new Error('no progress');
  const future = inDays(10);
  const marks = {
    since: future,
    eventsUntil: future,
    listedFrom: future,
    fullyListedFrom: future,
    inboundUntil: future,
  };
  stream.progress = { ...stream.progress, ...marks };
  simulator.activity.step(5, 'edit');
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync' });
  const notice = run.next('notice', ({ code }) => code === 'PROGRESS_AHEAD');
  const listed = run.next('part-done', ({ part }) => part === 'listing');
  expect(await notice).toMatchObject({ level: 'warn', message: expect.stringContaining(`since ${future} is now `) });
  await listed;
  const { totals } = await run.stop();
  expect(Math.max(...instantsOf(stream.progress))).toBeLessThan(systemClock.now() + MINUTE_MS);
  expect(totals.contactsWritten).toBeGreaterThan(0);
});

it('R4 believes no stored progress to be from the future on the word of the clock of the machine alone', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target) }).done;
  const before = target.streams.get(simulator.campaign)?.progress;
  const clock = { ...systemClock, now: () => systemClock.now() - 30 * DAY_MS };
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await run.next('cycle');
  await run.stop();
  expect(run.events.filter(({ type }) => type === 'notice')).toEqual([]);
  expect(target.streams.get(simulator.campaign)?.progress).toMatchObject({ eventsUntil: before?.eventsUntil });
});

it('R4 one endpoint whose Date leaps in mid-run moves no mark past now', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', intervalMs: 1_000 });
  await run.next('cycle');
  for (const [endpoint, offsetMs] of [
    ['transactions', 10 * DAY_MS],
    ['contacts-list', -10 * DAY_MS],
  ] as const) {
    simulator.faults.set([{ kind: 'date', endpoint, offsetMs }]);
    const written = run.next('cycle', ({ contacts }) => contacts > 0);
    simulator.activity.step(5, 'transaction');
    await written;
    const instants = instantsOf(target.streams.get(simulator.campaign)?.progress);
    expect(Math.max(...instants)).toBeLessThan(systemClock.now() + MINUTE_MS);
  }
  await run.stop();
});
