import { systemClock } from '@dbsync/core';
import { SinkError, type StoreSink } from '@dbsync/core/contract';
import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { type ObservedRun, startRun } from '../harness/observed-run.ts';

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 60, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A store whose first write of contacts, once armed, commits with an unknown outcome. */
function storeOfUnknownOutcome(target: MemoryTarget) {
  const memory = createMemoryStore(target);
  let isArmed = false;
  const store: StoreSink = {
    ...memory,
    async write(batch, claim, options) {
      const result = await memory.write(batch, claim, options);
      if (!isArmed || batch.contacts.length === 0) return result;
      isArmed = false;
      throw new SinkError('TEST_BROKEN', 'the answer was lost', { verdict: 'retryable', outcome: 'unknown' });
    },
  };
  const arm = () => {
    isArmed = true;
  };
  return { store, arm };
}

it('R11 claims again at once after an unknown outcome, though another part of the run waits for an API that hangs', async () => {
  const simulator = await simulate();
  const clock = createVirtualClock();
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const { store, arm } = storeOfUnknownOutcome(target);
  const run = startRun({ simulator, store, clock, mode: 'db_sync' });
  await run.next('cycle');
  simulator.activity.step(5, 'edit');
  simulator.faults.set([{ kind: 'hang', endpoint: ['transactions', 'inbound-calls'] }]);
  arm();
  const again = run.next('claimed', ({ epoch }) => epoch === 3n);
  clock.jump(10 * 60_000);
  expect(await again).toMatchObject({ type: 'claimed' });
  simulator.faults.clear();
  await run.next('cycle');
  await run.stop();
});

it('R22 tells of each contact that the store refuses, and counts it as a dead letter, not as written', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const memory = createMemoryStore(target);
  const refusedContactIds: string[] = [];
  const store: StoreSink = {
    ...memory,
    async write(batch, claim, options) {
      const [first] = batch.contacts;
      if (first) refusedContactIds[0] ??= first.contactId;
      if (batch.contacts.every(({ contactId }) => contactId !== refusedContactIds[0])) {
        return memory.write(batch, claim, options);
      }
      const details = { verdict: 'refused', outcome: 'not-committed', refusedContactIds } as const;
      throw new SinkError('TEST_REFUSED', 'not this one', details);
    },
  };
  const run = startRun({ simulator, store });
  const { totals } = await run.done;
  expect(totals).toMatchObject({ contactsFetched: 60, contactsWritten: 59, deadLetters: 1 });
  const [contactId] = refusedContactIds;
  expect(run.events).toContainEqual(expect.objectContaining({ type: 'dead-letter', kind: 'contact', contactId }));
});

it('counts the inbound calls that changed, not those that were read again', async () => {
  const simulator = await simulate({ inboundCalls: 40 });
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  const first = await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  expect(first.totals.inboundCallsWritten).toBe(40);
  const second = await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  expect(second.totals.inboundCallsWritten).toBe(0);
});

it('tells how a run failed, though the store cannot be closed after it', async () => {
  const simulator = await simulate();
  simulator.faults.set([{ kind: 'status', status: 403 }]);
  const close = () => Promise.reject(new SinkError('TEST_CLOSE', 'no', { verdict: 'fatal', outcome: 'unknown' }));
  const run = startRun({ simulator, store: { ...createMemoryStore(createMemoryTarget()), close } });
  await expect(run.done).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
});

it('tells of a fatal error that comes while it finishes its writes after a stop', async () => {
  const simulator = await simulate();
  const memory = createMemoryStore(createMemoryTarget());
  const run: ObservedRun = startRun({
    simulator,
    store: {
      ...memory,
      write: async (batch, claim, options) => {
        if (batch.contacts.length === 0) return memory.write(batch, claim, options);
        void run.stop().catch(() => {});
        throw new SinkError('TEST_FULL', 'the disk is full', { verdict: 'fatal', outcome: 'not-committed' });
      },
    },
  });
  await expect(run.done).rejects.toMatchObject({ code: 'TEST_FULL' });
});

it('R1 leaves a db_init that was asked to stop unfinished: it records no mark, and the next one fetches only the rest', async () => {
  const simulator = await simulate({ contacts: 300 });
  const target = createMemoryTarget();
  const store = {
    ...createMemoryStore(target),
    limits: { concurrentWrites: 1, batchContacts: 20, batchBytes: 1_000_000 },
  };
  const first = startRun({ simulator, store, requestConcurrency: 1, contactsPerRequest: 20 });
  await first.next('progress');
  await first.stop();
  const copied = target.contacts.size;
  expect(copied).toBeGreaterThanOrEqual(20);
  expect(copied).toBeLessThan(300);
  expect(first.events.filter(({ type }) => type === 'part-done')).toEqual([]);
  const { progress } = await store.readState(simulator.campaign, { signal: new AbortController().signal });
  expect(progress).toMatchObject({ eventsUntil: null, listedFrom: null, inboundUntil: null });
  const second = await startRun({ simulator, store }).done;
  expect(second.totals.contactsFetched).toBe(300 - copied);
  expect(target.contacts.size).toBe(300);
});

it('reads the inbound calls of all time after a db_init that ended between its contacts and its calls', async () => {
  const simulator = await simulate({ inboundCalls: 40 });
  const target = createMemoryTarget();
  const first = startRun({ simulator, store: createMemoryStore(target) });
  const listed = first.next('part-done', ({ part }) => part === 'listing');
  simulator.faults.set([{ kind: 'hang', endpoint: 'inbound-calls' }]);
  await listed;
  await first.stop();
  simulator.faults.clear();
  const second = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync' });
  await second.next('cycle');
  const { totals } = await second.stop();
  expect(totals.inboundCallsWritten).toBe(40);
});

it('R15 reads all inbound calls in one go when it takes over the rows of another program, not in slices since 1970', async () => {
  const simulator = await simulate({ inboundCalls: 40 });
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target) }).done;
  target.streams.clear();
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync' });
  await run.next('cycle');
  const { totals } = await run.stop();
  expect(totals.apiRequests).toBeLessThan(50);
});

const HOUR_MS = 3_600_000;

it('R4 begins a stream at the now of the API, though the clock of the machine is hours ahead', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const clock = { ...systemClock, now: () => systemClock.now() + 3 * HOUR_MS };
  const run = startRun({ simulator, store: createMemoryStore(target), clock, mode: 'db_sync' });
  await run.next('cycle');
  await run.stop();
  const progress = target.streams.get(simulator.campaign)?.progress;
  for (const mark of [progress?.since, progress?.eventsUntil, progress?.inboundUntil]) {
    expect(Date.parse(mark ?? '')).toBeLessThan(systemClock.now() + HOUR_MS);
  }
});

it('R8 goes on where listings proved less: once the md5 proves nothing, a complete listing moves no mark past what it skipped', async () => {
  const simulator = await simulate({ md5IgnoresKinds: ['late-change'] });
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const stream = target.streams.get(simulator.campaign);
  if (!stream?.progress) throw new Error('no progress');
  stream.progress = { ...stream.progress, md5Proves: false };
  const { listedFrom, eventsUntil } = stream.progress;
  clock.jump(72 * HOUR_MS);
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  expect(stream.progress).toMatchObject({ listedFrom, eventsUntil });
});

it('R11 takes back a claim whose answer was lost, so that a db_init does not find itself in its way', async () => {
  const simulator = await simulate();
  const memory = createMemoryStore(createMemoryTarget());
  let isLost = true;
  const store: StoreSink = {
    ...memory,
    async claim(stream, plan, options) {
      const answer = await memory.claim(stream, plan, options);
      if (!isLost) return answer;
      isLost = false;
      const details = { verdict: 'retryable', outcome: 'unknown', connectionLost: true } as const;
      throw new SinkError('TEST_BROKEN', 'the answer was lost', details);
    },
  };
  const run = startRun({ simulator, store });
  expect((await run.done).totals.contactsWritten).toBe(60);
});
