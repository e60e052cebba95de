import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { databaseAt } from '../harness/table-damage-at.ts';
import { openTargets } from '../harness/targets.ts';

const { signal } = new AbortController();
const MINUTE_MS = 60_000;

it('sqlite: R8 values that another program changed cost two listings that fetch all, and md5s prove again', async () => {
  const simulator = await startSimulator({ contacts: 40 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const clock = createVirtualClock();
  const first = startRun({ simulator, store: await loadStore(target.url), clock });
  await first.done;
  const contactIds = first.events.flatMap((event) => (event.type === 'written' ? event.contactIds : [])).slice(0, 3);
  await databaseAt(target.url).run("UPDATE mcall_transactions SET status = 'changed by hand'");

  const store = await loadStore(target.url);
  const run = startRun({ simulator, store, clock, mode: 'db_sync' });
  await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
  const doubted = run.next('notice', ({ code }) => code === 'API_MD5_UNRELIABLE');
  await store.postRequest(simulator.campaign, { key: 'by hand', kind: 'refetch', contactIds }, { signal });
  clock.jump(MINUTE_MS);
  await doubted;
  const trusted = run.next('notice', ({ code }) => code === 'API_MD5_RELIABLE');
  const corrected = run.next('part-done', ({ part }) => part === 'listing');
  clock.jump(6 * MINUTE_MS);
  await corrected;
  clock.jump(6 * MINUTE_MS);
  await trusted;
  await run.stop();
  expect(run.events.filter((event) => event.type === 'notice').map(({ code }) => code)).toEqual([
    'API_MD5_UNRELIABLE',
    'API_MD5_RELIABLE',
  ]);
});
