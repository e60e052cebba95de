import { SinkError, type StoreSink } from '@dbsync/core/contract';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/core/testkit';
import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';
import { createVirtualClock } from '../harness/virtual-clock.ts';

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 60, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** A store whose first write of contacts, from when it is armed, commits and is never known to have. */
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
      refusedContactIds[0] ??= batch.contacts[0]?.contactId ?? '';
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
