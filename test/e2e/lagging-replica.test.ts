import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';
import { createOutboxFile } from '../harness/outbox-file.ts';
import { never } from '../harness/sqlite-file.ts';

const MINUTE_MS = 60_000;
/** A lag that goes back before all activity of a test. */
const STALE = { kind: 'lag', ms: 60 * MINUTE_MS, endpoint: 'contacts' } as const;

/** Starts a daemon that has gone through a cycle and a listing, ten minutes after the past. */
async function startCopying(options: SimulatorOptions = {}) {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 60, clock, ...options });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  clock.jump(10 * MINUTE_MS);
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  const stream = target.streams.get(simulator.campaign);
  if (!stream) throw new Error('no stream');
  const md5Of = (contactId: string) => target.contacts.get(contactId)?.tree.md5;
  const transactionsOf = (contactId: string) => target.contacts.get(contactId)?.tree.transactions.length ?? 0;
  let minutes = 0;
  /** Lets a minute pass; each fifth time with a listing, which the next jump would cut off. */
  const cycle = async () => {
    const done = [run.next('cycle'), ...(++minutes % 5 === 0 ? [run.next('part-done')] : [])];
    clock.jump(MINUTE_MS);
    await Promise.all(done);
  };
  const refetch = async (...contactIds: string[]) => {
    stream.requests.set('refetch', { key: 'refetch', kind: 'refetch', contactIds });
    await cycle();
  };
  const change = (kind: 'transaction' | 'edit') => simulator.activity.step(1, kind)[0]?.contactId ?? '';
  return { simulator, clock, target, run, stream, md5Of, transactionsOf, cycle, refetch, change };
}

it('R5 asks again for a contact whose body lags behind its event, and does not wait for the next listing', async () => {
  const { simulator, run, transactionsOf, cycle, change } = await startCopying();
  const contactId = change('transaction');
  const before = transactionsOf(contactId);
  simulator.faults.set([{ ...STALE, count: 2 }]);
  await cycle();
  expect(transactionsOf(contactId)).toBe(before);
  await cycle();
  expect(simulator.faults.struck.lag).toBe(2);
  await cycle();
  expect(transactionsOf(contactId)).toBe(before + 1);
  await run.stop();
});

it('R5 asks for a contact once more than needed at most when all answers are up to date', async () => {
  const { simulator, run, cycle } = await startCopying();
  const quiet = simulator.requests.contacts;
  await cycle();
  expect(simulator.requests.contacts).toBe(quiet);
  simulator.activity.step(5, 'transaction');
  await cycle();
  const asked = simulator.requests.contacts;
  await cycle();
  await cycle();
  expect(simulator.requests.contacts).toBe(asked);
  await run.stop();
});

it('R5 never writes a body over the newer one that replaced it, and asks again', async () => {
  const { simulator, run, md5Of, cycle, refetch, change } = await startCopying();
  const contactId = change('transaction');
  const first = md5Of(contactId);
  await cycle();
  const newest = md5Of(contactId);
  expect(newest).not.toBe(first);
  simulator.faults.set([{ ...STALE, count: 2 }]);
  await refetch(contactId);
  expect(md5Of(contactId)).toBe(newest);
  await cycle();
  expect(simulator.faults.struck.lag).toBe(2);
  expect(md5Of(contactId)).toBe(newest);
  await run.stop();
});

it('R5 queues no older content of a transaction after the newer one', async () => {
  await using file = createOutboxFile();
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 20, clock });
  onTestFinished(() => simulator.close());
  const outbox = await file.open();
  const run = startRun({ simulator, store: outbox.store, clock, mode: 'db_sync' });
  await Promise.all([run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')]);
  const cycle = async () => {
    const done = run.next('cycle');
    clock.jump(MINUTE_MS);
    await done;
  };
  const queued = () => file.query('SELECT transaction_body FROM bodies').map((row) => String(row.transaction_body));
  const [event] = simulator.activity.step(1, 'transaction');
  const contactIds = [event?.contactId ?? ''];
  await cycle();
  const first = queued();
  expect(first).toHaveLength(1);
  expect(simulator.activity.step(1, 'call-ends')).toMatchObject([{ contactId: event?.contactId }]);
  await cycle();
  const newest = queued();
  expect(newest).toHaveLength(1);
  expect(newest).not.toEqual(first);
  simulator.faults.set([{ ...STALE, ms: 2.5 * MINUTE_MS, count: 1 }]);
  await outbox.store.postRequest(simulator.campaign, { key: 'again', kind: 'refetch', contactIds }, never);
  await cycle();
  expect(simulator.faults.struck.lag).toBe(1);
  expect(queued()).toEqual(newest);
  await run.stop();
});

it('R5 believes a version that was replaced when it comes for four minutes: an edit may have been undone', async () => {
  const { simulator, run, md5Of, cycle, refetch, change } = await startCopying();
  const contactId = change('transaction');
  const first = md5Of(contactId);
  await cycle();
  const newest = md5Of(contactId);
  expect(newest).not.toBe(first);
  simulator.faults.set([{ ...STALE, endpoint: ['contacts', 'contacts-list'] }]);
  await refetch(contactId);
  for (let minute = 1; minute < 4; minute++) {
    await cycle();
    expect(md5Of(contactId)).toBe(newest);
  }
  await cycle();
  await cycle();
  expect(md5Of(contactId)).toBe(first);
  simulator.faults.clear();
  await refetch(contactId);
  expect(md5Of(contactId)).toBe(newest);
  await run.stop();
});

it('R5 asks again for a contact that a listing named with another md5 than the body has', async () => {
  const { simulator, clock, run, md5Of, cycle, change } = await startCopying();
  const contactId = change('edit');
  const before = md5Of(contactId);
  simulator.faults.set([{ ...STALE, count: 1 }]);
  const done = [run.next('part-done', ({ part }) => part === 'listing'), run.next('cycle')];
  clock.jump(5 * MINUTE_MS);
  await Promise.all(done);
  expect(simulator.faults.struck.lag).toBe(1);
  expect(md5Of(contactId)).toBe(before);
  await cycle();
  await cycle();
  expect(md5Of(contactId)).not.toBe(before);
  await run.stop();
});

it('R5 finds after a restart what was wanted when the process ended, a missing contact and a lagging one', async () => {
  const { simulator, clock, target, run, md5Of, transactionsOf, cycle, change } = await startCopying();
  const lagging = change('transaction');
  const before = transactionsOf(lagging);
  const created = simulator.activity.step(1, 'new-contact')[0]?.contactId ?? '';
  simulator.faults.set([STALE]);
  await cycle();
  expect(md5Of(created)).toBeUndefined();
  expect(transactionsOf(lagging)).toBe(before);
  await run.stop();
  simulator.faults.clear();
  clock.jump(26 * 60 * MINUTE_MS);
  const next = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await next.next('part-done', ({ part }) => part === 'listing');
  expect(md5Of(created)).toBeDefined();
  expect(transactionsOf(lagging)).toBe(before + 1);
  await next.stop();
});

it('R5 brings rows back within minutes that a replica which lagged at a restart has set back', async () => {
  const { simulator, clock, target, run, md5Of, cycle, change } = await startCopying();
  const contactId = change('transaction');
  const first = md5Of(contactId);
  await cycle();
  const newest = md5Of(contactId);
  await run.stop();
  simulator.faults.set([{ ...STALE, endpoint: ['contacts', 'contacts-list'] }]);
  const next = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await Promise.all([next.next('part-done', ({ part }) => part === 'listing'), next.next('cycle')]);
  expect(md5Of(contactId)).toBe(first);
  simulator.faults.clear();
  for (let minute = 1; minute <= 2; minute++) {
    const done = next.next('cycle');
    clock.jump(MINUTE_MS);
    await done;
  }
  expect(md5Of(contactId)).toBe(newest);
  await next.stop();
});

it('R5 never writes an inbound call without the hang-up time that it had', async () => {
  const { simulator, run, target, cycle } = await startCopying();
  const inbound = () => target.messages.flatMap((message) => (message.gone ? [] : message.row));
  const written = () => inbound().filter(({ table }) => table === 'inbound_calls');
  const before = written().length;
  simulator.activity.step(1, 'inbound-call');
  await cycle();
  expect(written().slice(before)).toMatchObject([{ values: { hangup_time: null } }]);
  simulator.activity.step(1, 'inbound-hangup');
  await cycle();
  expect(written().slice(before)).toMatchObject([{}, { values: { hangup_time: expect.any(String) } }]);
  simulator.faults.set([{ kind: 'lag', ms: 1.5 * MINUTE_MS, endpoint: 'inbound-calls', count: 1 }]);
  await cycle();
  expect(simulator.faults.struck.lag).toBe(1);
  expect(written()).toHaveLength(before + 2);
  await run.stop();
});
