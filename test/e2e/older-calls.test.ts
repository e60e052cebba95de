import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, rowsOfMessages } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { olderCallsStretch } from '../../packages/core/src/discover/older-calls.ts';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

it('R16b an inbound call of more than a week ago that another program deletes comes back within 30 days', async () => {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 200, clock });
  onTestFinished(() => simulator.close());
  const since = new Date(clock.now() - 60 * DAY_MS).toISOString();
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock, since }).done;
  const run = startRun({ simulator, store: createMemoryStore(target), clock, since, mode: 'db_sync' });
  await run.next('cycle');

  const startedOf = ({ values }: { readonly values: object }) =>
    Date.parse('call_time' in values ? String(values.call_time) : '');
  const calls = () => rowsOfMessages(target, 'inbound_calls');
  const old = calls().find((call) => startedOf(call) < clock.now() - 9 * DAY_MS && startedOf(call) > Date.parse(since));
  if (old === undefined) throw new Error('No call is so old.');
  const isBack = () => calls().some(({ id }) => id === old.id);
  const record = `inbound_calls ${old.id}`;
  target.ledger.delete(record);
  target.messages.push({ record, gone: true });
  expect(isBack()).toBe(false);

  const hours = Array.from({ length: 720 }, (_, nr) => nr + 1).find((nr) => {
    const nowMs = clock.now() + nr * HOUR_MS;
    const stretch = olderCallsStretch(nowMs, Date.parse(since), nowMs - 7 * DAY_MS);
    return stretch !== null && stretch.fromMs <= startedOf(old) && startedOf(old) <= stretch.untilMs;
  });
  clock.jump((hours ?? Number.NaN) * HOUR_MS);
  await expect.poll(isBack, { timeout: 60_000 }).toBe(true);
  await run.stop();
}, 120_000);
