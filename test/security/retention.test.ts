import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, sampleDeadLetter } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const DAY_MS = 86_400_000;

/** Starts a daemon whose target has a dead letter of each of these ages, in days. */
async function startWith(days: readonly number[], settings: { readonly keepDeadLettersMs?: number }) {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 10, clock });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  const store = createMemoryStore(target);
  await startRun({ simulator, store, clock }).done;
  const stream = target.streams.get(simulator.campaign);
  for (const age of days) {
    const key = `letter-${String(age).padStart(4, '0')}`;
    const firstSeenAt = new Date(clock.now() - age * DAY_MS).toISOString();
    stream?.deadLetters.set(key, sampleDeadLetter(key, { kind: 'transaction', firstSeenAt }));
  }
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync', ...settings });
  return { run, clock, keys: () => [...(stream?.deadLetters.keys() ?? [])].sort() };
}

it('dead letters are removed once they are older than they are to be kept, page by page', async () => {
  const old = Array.from({ length: 1_200 }, (_, nr) => 31 + nr);
  const { run, clock, keys } = await startWith([1, 29, ...old], { keepDeadLettersMs: 30 * DAY_MS });
  const reported = await run.next('notice', ({ code }) => code === 'DEAD_LETTERS_EXPIRED');
  expect(reported.message).toContain('1200 dead letters');
  expect(keys()).toEqual(['letter-0001', 'letter-0029']);
  const again = run.next('notice', ({ code }) => code === 'DEAD_LETTERS_EXPIRED');
  clock.jump(2 * DAY_MS);
  expect((await again).message).toContain('1 dead letter was older');
  expect(keys()).toEqual(['letter-0001']);
  await run.stop();
});

it('without a time they stay', async () => {
  const { run, keys } = await startWith([5_000], {});
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  await run.stop();
  expect(keys()).toEqual(['letter-5000']);
});
