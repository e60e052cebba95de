import { systemClock } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';

/** Sleeps take a hundredth of their time. */
const hurried = { ...systemClock, sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 100, signal) };

async function simulate(contacts: number) {
  const simulator = await startSimulator({ contacts, inboundCalls: 1_500 });
  onTestFinished(() => simulator.close());
  return simulator;
}

it('R2 db_init fetches what a listing named before its cursor died, moves no mark, and ends when a listing was whole', async () => {
  const simulator = await simulate(2_500);
  simulator.faults.set([{ kind: 'refuse-cursor', endpoint: 'contacts-list' }]);
  const target = createMemoryTarget();
  const run = startRun({ simulator, store: createMemoryStore(target), clock: hurried });
  await run.next('progress', ({ done }) => done === 1_000);
  expect(target.streams.get(simulator.campaign)?.progress).toMatchObject({ listedFrom: null, fullyListedFrom: null });
  simulator.faults.clear();
  await run.done;
  expect(target.contacts.size).toBe(2_500);
  expect(target.streams.get(simulator.campaign)?.progress?.listedFrom).not.toBeNull();
});

it('R2 db_init reads the inbound calls of all time in slices where no reading of all gets to its end', async () => {
  const simulator = await simulate(10);
  simulator.faults.set([{ kind: 'refuse-cursor', endpoint: 'inbound-calls' }]);
  const target = createMemoryTarget();
  const { totals } = await startRun({ simulator, store: createMemoryStore(target), clock: hurried }).done;
  expect(totals.inboundCallsWritten).toBe(1_500);
  expect(target.streams.get(simulator.campaign)?.progress?.inboundUntil).not.toBeNull();
});
