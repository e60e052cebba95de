import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { createHangingTransport } from '../harness/hanging-transport.ts';
import { startRun } from '../harness/observed-run.ts';

const HOUR_MS = 3_600_000;
const PATIENT = { timeout: 30_000 };

/**
 * Starts a copy of the whole campaign and a daemon that keeps it current, on a clock that goes on by itself and jumps.
 */
async function startCopying() {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 60, clock });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const transport = createHangingTransport(simulator, clock);
  const run = startRun({ simulator, store: createMemoryStore(target), clock, transport, mode: 'db_sync' });
  await run.next('part-done', ({ part }) => part === 'listing');
  await run.next('cycle');
  const stream = target.streams.get(simulator.campaign);
  if (!stream) throw new Error('no stream');
  const copied = (contactId: string) => target.contacts.get(contactId)?.tree.md5;
  /** Changes contacts; the returned function tells which of them the copy has. */
  const change = (steps: number) => {
    const ids = new Set(simulator.activity.step(steps, 'edit').flatMap(({ contactId }) => contactId ?? []));
    const before = new Map([...ids].map((id) => [id, copied(id)]));
    return { ids: [...ids], isCopied: (id: string) => copied(id) !== before.get(id) };
  };
  const letGo = () => {
    const ticking = setInterval(() => clock.jump(2_000), 10);
    onTestFinished(() => clearInterval(ticking));
  };
  return { simulator, clock, transport, run, stream, change, letGo };
}

it('R6 goes on without a contact whose body never comes, and has it soon after it can be had', async () => {
  const { clock, transport, run, stream, change, letGo } = await startCopying();
  const { ids, isCopied } = change(8);
  const [hanging = '', ...others] = ids;
  transport.hanging.add(hanging);
  const { eventsUntil } = stream.progress ?? {};
  const letter = run.next('dead-letter');
  letGo();
  expect(await letter).toMatchObject({ kind: 'fetch', contactId: hanging, code: 'API_UNREACHABLE' });
  expect(others.filter((id) => !isCopied(id))).toEqual([]);
  await expect.poll(() => stream.progress?.eventsUntil, PATIENT).not.toBe(eventsUntil);

  transport.groups.splice(0);
  const later = change(8);
  await expect.poll(() => later.ids.every((id) => id === hanging || later.isCopied(id)), PATIENT).toBe(true);
  expect(transport.groups.filter((group) => group.length > 1 && group.includes(hanging))).toEqual([]);

  transport.hanging.clear();
  const answeringMs = clock.monotonic();
  await expect.poll(() => stream.deadLetters.size, PATIENT).toBe(0);
  expect(isCopied(hanging)).toBe(true);
  expect(clock.monotonic() - answeringMs).toBeLessThan(12 * HOUR_MS);
  await run.stop();
});

it('R22 tries contacts again soon that the API refused for a while, also where no listing names them', async () => {
  const { simulator, clock, run, stream, change, letGo } = await startCopying();
  const { ids, isCopied } = change(20);
  const bad = ids.filter((_id, index) => index % 2 === 0);
  simulator.faults.set([{ kind: 'poison', status: 503, ids: bad }]);
  letGo();
  await expect.poll(() => stream.deadLetters.size, PATIENT).toBe(bad.length);
  simulator.faults.set([{ kind: 'status', status: 500, endpoint: 'contacts-list' }]);
  const answeringMs = clock.monotonic();
  await expect.poll(() => stream.deadLetters.size, PATIENT).toBe(0);
  expect(ids.filter((id) => !isCopied(id))).toEqual([]);
  expect(clock.monotonic() - answeringMs).toBeLessThan(12 * HOUR_MS);
  await run.stop();
});
