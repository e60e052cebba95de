import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const HOUR_MS = 3_600_000;

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 60, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/**
 * Starts a copy of the whole campaign and a daemon that keeps it current, on a clock that goes on by itself, and jumps.
 */
async function startCopying(options: SimulatorOptions = {}) {
  const clock = createVirtualClock();
  const simulator = await simulate({ clock, ...options });
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  const stream = target.streams.get(simulator.campaign);
  if (!stream) throw new Error('no stream');
  const cycle = async (ms = 60_000) => {
    const done = run.next('cycle');
    clock.jump(ms);
    await done;
  };
  return { simulator, clock, target, run, stream, cycle };
}

const copied = (target: MemoryTarget, contactId: string) => target.contacts.get(contactId)?.tree.md5;

it('R6 sets one poisonous contact aside, moves on with all others, and tries it again with the daily listing', async () => {
  const { simulator, clock, target, run, stream } = await startCopying();
  const changed = simulator.activity.step(6, 'edit').flatMap(({ contactId }) => contactId ?? []);
  const [poisonous = '', ...others] = [...new Set(changed)];
  const before = new Map([...target.contacts.keys()].map((id) => [id, copied(target, id)]));
  simulator.faults.set([{ kind: 'poison', ids: [poisonous] }]);
  const ticking = setInterval(() => clock.jump(10_000), 10);
  onTestFinished(() => clearInterval(ticking));
  const letter = await run.next('dead-letter');
  expect(letter).toMatchObject({ kind: 'fetch', contactId: poisonous });
  const { eventsUntil } = stream.progress ?? {};
  await expect.poll(() => others.every((id) => copied(target, id) !== before.get(id))).toBe(true);
  await expect
    .poll(() => Date.parse(stream.progress?.eventsUntil ?? ''))
    .toBeGreaterThan(Date.parse(eventsUntil ?? ''));
  simulator.faults.clear();
  clock.jump(25 * HOUR_MS);
  await expect.poll(() => stream.deadLetters.size, { timeout: 30_000 }).toBe(0);
  expect(copied(target, poisonous)).not.toBe(before.get(poisonous));
  await run.stop();
});

it('R6 sets an entry aside that names no contact, and moves on with all others', async () => {
  const { simulator, clock, target, run, stream, cycle } = await startCopying();
  const ticking = setInterval(() => clock.jump(10_000), 10);
  onTestFinished(() => clearInterval(ticking));
  const stray = { kind: 'stray-entry', entry: 'key|md5' } as const;
  simulator.faults.set([{ ...stray, endpoint: 'transactions' }]);
  const letter = await run.next('dead-letter');
  expect(letter).toMatchObject({ kind: 'entry', contactId: null, code: 'API_ENTRY_UNREADABLE' });
  const changed = simulator.activity.step(3, 'edit').flatMap(({ contactId }) => contactId ?? []);
  const before = new Map(changed.map((id) => [id, copied(target, id)]));
  await expect.poll(() => changed.every((id) => copied(target, id) !== before.get(id))).toBe(true);
  await cycle();
  expect([...stream.deadLetters.values()]).toMatchObject([{ body: '"key|md5"', attempts: 1 }]);
  const [key = ''] = stream.deadLetters.keys();
  stream.requests.set('replay', { key: 'replay', kind: 'replay', deadLetterKey: key });
  expect(await run.next('notice', ({ code }) => code === 'REPLAY_IMPOSSIBLE')).toMatchObject({ level: 'warn' });
  await run.stop();
});

it('R5 asks a minute later for a contact that an event named and an answer lacked', async () => {
  const { simulator, target, run, cycle } = await startCopying();
  const [event] = simulator.activity.step(1, 'new-contact');
  const contactId = event?.contactId ?? '';
  simulator.faults.set([{ kind: 'missing-ids', share: 1, endpoint: 'contacts', count: 1 }]);
  await cycle();
  expect(simulator.faults.struck['missing-ids']).toBe(1);
  expect(copied(target, contactId)).toBeUndefined();
  await cycle();
  await cycle();
  expect(copied(target, contactId)).toBeDefined();
  await run.stop();
});

it('R8 goes on to trust the md5 after a replica lagged behind: an older body comes with its own md5', async () => {
  const { simulator, target, run, stream, cycle } = await startCopying();
  const steps = [...simulator.activity.step(10, 'late-change'), ...simulator.activity.step(10, 'edit')];
  const contactIds = [...new Set(steps.flatMap((step) => step.contactId ?? []))];
  const refetch = async (lagMs: number) => {
    simulator.faults.set(lagMs === 0 ? [] : [{ kind: 'lag', ms: lagMs, endpoint: 'contacts' }]);
    stream.requests.set('refetch', { key: 'refetch', kind: 'refetch', contactIds });
    await cycle();
  };
  await refetch(0);
  const current = contactIds.map((id) => copied(target, id));
  await refetch(HOUR_MS);
  expect(contactIds.map((id) => copied(target, id))).not.toEqual(current);
  await refetch(HOUR_MS);
  await refetch(0);
  await refetch(0);
  expect(contactIds.map((id) => copied(target, id))).toEqual(current);
  expect(stream.progress?.md5Proves).toBe(true);
  await run.stop();
});

it('R16 fetches every contact again when db_sync goes on with a stream that was begun under another plan', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target) }).done;
  const filter = { mode: 'updates_only', prefixes: [] } as const;
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', filter });
  await run.next('part-done', ({ part }) => part === 'listing');
  const { totals } = await run.stop();
  expect(totals.contactsFetched).toBeGreaterThanOrEqual(60);
  const plans = new Set([...target.contacts.values()].map(({ plan }) => plan));
  expect([...plans]).toEqual([target.streams.get(simulator.campaign)?.progress?.plan]);
  const second = await startRun({ simulator, store: createMemoryStore(target), filter }).done;
  expect(second.totals.contactsFetched).toBe(0);
});

it('R5 asks again for contacts that an answer lacked before a db_init of changes ends, since the next one begins behind them', async () => {
  const clock = createVirtualClock();
  const simulator = await simulate({ clock });
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  clock.jump(HOUR_MS);
  const since = new Date(clock.now()).toISOString();
  const changed = simulator.activity.step(6, 'edit').flatMap(({ contactId }) => contactId ?? []);
  const before = changed.map((id) => copied(target, id));
  simulator.faults.set([{ kind: 'missing-ids', share: 1, endpoint: 'contacts', count: 2 }]);
  const ticking = setInterval(() => clock.jump(1_000), 10);
  onTestFinished(() => clearInterval(ticking));
  await startRun({ simulator, store: createMemoryStore(target), clock, since }).done;
  expect(simulator.faults.struck['missing-ids']).toBe(2);
  for (const [index, id] of changed.entries()) expect(copied(target, id)).not.toBe(before[index]);
});
