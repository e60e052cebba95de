import { systemClock } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { compareWithTruth } from '../harness/compare/compare-with-truth.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { openTargets } from '../harness/targets.ts';

/** Sleeps take a hundredth of their time. */
const hurried = { ...systemClock, sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 100, signal) };

async function simulate() {
  const simulator = await startSimulator({ contacts: 60 });
  onTestFinished(() => simulator.close());
  return simulator;
}

const down = [
  ['fails', { kind: 'status', status: 503 }],
  ['hangs', { kind: 'hang' }],
] as const;

it.each(down)('a start goes on with the columns of before where the list of fields %s', async (_what, fault) => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target) }).done;
  simulator.activity.step(10, 'edit');
  simulator.faults.set([{ ...fault, endpoint: 'fields' }]);
  const mode = 'db_sync';
  const run = startRun({ simulator, store: createMemoryStore(target), clock: hurried, mode, intervalMs: 1_000 });
  const listed = run.next('part-done', ({ part }) => part === 'listing');
  expect(await run.next('notice')).toMatchObject({ level: 'warn', code: 'FIELDS_UNKNOWN' });
  await listed;
  const { totals } = await run.stop();
  expect(totals.contactsWritten).toBeGreaterThan(0);
});

it('sqlite: a start goes on with the columns of before where the list of fields is down, and the copy equals the truth', async () => {
  const simulator = await simulate();
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  await startRun({ simulator, store: await loadStore(target.url) }).done;
  simulator.activity.step(10, 'edit');
  simulator.faults.set([{ kind: 'status', status: 503, endpoint: 'fields' }]);
  const store = await loadStore(target.url);
  const run = startRun({ simulator, store, clock: hurried, mode: 'db_sync', intervalMs: 1_000 });
  await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
  await run.stop();
  const truth = `${simulator.url}/__truth`;
  const { differences } = await target.read((copy) => compareWithTruth(truth, copy));
  expect(differences).toEqual([]);
});

it('a first start waits for the list of fields, and says so', async () => {
  const simulator = await simulate();
  simulator.faults.set([{ kind: 'status', status: 503, endpoint: 'fields' }]);
  const target = createMemoryTarget();
  const run = startRun({ simulator, store: createMemoryStore(target), clock: hurried });
  const notice = await run.next('notice', ({ code }) => code === 'FIELDS_UNKNOWN');
  expect(notice.message).toContain('waits for the list');
  expect(target.streams.get(simulator.campaign)?.progress ?? null).toBeNull();
  simulator.faults.clear();
  await run.done;
  expect(target.contacts.size).toBe(60);
});
