import { guardStore } from '@dbsync/core';
import { SinkError, type StoreSink } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { type ObservedRun, startRun } from '../harness/observed-run.ts';

const MINUTE_MS = 60_000;

/** Starts a run over a memory store with one changed method, on a clock that goes a thousand times as fast. */
async function startOver(change: (good: StoreSink) => Partial<StoreSink>, mode: 'db_init' | 'db_sync' = 'db_init') {
  const simulator = await startSimulator({ contacts: 30, inboundCalls: 5 });
  onTestFinished(() => simulator.close());
  const clock = createVirtualClock();
  const good = createMemoryStore(createMemoryTarget());
  const store = guardStore({ ...good, ...change(good) });
  const run = startRun({ simulator, store, clock, storeClock: clock, mode, leaseMs: 10 * MINUTE_MS });
  const ticking = setInterval(() => clock.jump(10_000), 10);
  onTestFinished(() => clearInterval(ticking));
  run.done.catch(() => {});
  return { run, clock, simulator };
}

const failing = (error: unknown) => () => Promise.reject(error);

function reportedOf(run: ObservedRun) {
  return run.events.flatMap((event) => (event.type === 'waiting' || event.type === 'recovered' ? [event] : []));
}

it.each<readonly [string, (good: StoreSink) => Partial<StoreSink>]>([
  ['of every write', () => ({ write: failing(new Error('relation "audit" does not exist')) })],
  ['of a change of columns', () => ({ declareFields: failing(new Error('relation "audit" does not exist')) })],
  ['of readings of versions', () => ({ readVersions: failing(new Error('relation "audit" does not exist')) })],
  ['of writes of rows, while progress is written', (good) => ({ write: writingNoRows(good) })],
])(
  'R34 a plain error %s for ever is reported with its text, grows louder, and ends the run with exit 3',
  async (_, bad) => {
    const { run } = await startOver(bad);
    await expect(run.done).rejects.toMatchObject({ code: 'STORE_ERROR_LASTS', exit: 3 });
    const reported = reportedOf(run);
    expect(reported.filter(({ type }) => type === 'recovered')).toEqual([]);
    const [warning] = reported.filter((event) => event.type === 'waiting' && event.level === 'warn');
    expect(warning).toMatchObject({ attempt: 2, message: expect.stringContaining('relation "audit" does not exist') });
  },
);

function writingNoRows(good: StoreSink): StoreSink['write'] {
  return async (batch, claim, options) => {
    if (batch.contacts.length > 0) throw new Error('relation "audit" does not exist');
    return good.write(batch, claim, options);
  };
}

it('R34 an error that leaves nothing behind, and that the sink does not know, ends a daemon too', async () => {
  const error = new SinkError('TEST_UNKNOWN', 'error 4711', {
    verdict: 'retryable',
    outcome: 'not-committed',
    isUnclassified: true,
  });
  const { run } = await startOver(() => ({ write: failing(error) }), 'db_sync');
  await expect(run.done).rejects.toMatchObject({ code: 'STORE_ERROR_LASTS', exit: 3 });
});

it('R34 a store that grants claims and then is lost is never said to be back, and never ends the run', async () => {
  const error = new SinkError('TEST_LOST', 'gone', { verdict: 'retryable', outcome: 'unknown', connectionLost: true });
  const { run, clock } = await startOver(() => ({ write: failing(error) }), 'db_sync');
  const startedMs = clock.monotonic();
  await run.next('waiting', ({ level, waitedMs }) => level === 'error' && waitedMs > 20 * MINUTE_MS);
  expect(clock.monotonic() - startedMs).toBeGreaterThan(20 * MINUTE_MS);
  expect(reportedOf(run).map((event) => (event.type === 'waiting' ? event.level : event.type))).not.toContain(
    'recovered',
  );
  await run.stop();
});

it('R34 a full disk is reported at once, and the copy goes on when there is room', async () => {
  let isFull = true;
  const { run } = await startOver((good) => ({
    write: async (batch, claim, options) => {
      if (!isFull) return good.write(batch, claim, options);
      throw new SinkError('TEST_FULL', 'no room', {
        verdict: 'retryable',
        outcome: 'not-committed',
        isOutOfSpace: true,
      });
    },
  }));
  expect(await run.next('waiting', ({ for: awaited }) => awaited === 'store')).toMatchObject({
    level: 'warn',
    code: 'TEST_FULL',
    waitedMs: 0,
  });
  isFull = false;
  expect(await run.next('recovered')).toMatchObject({ for: 'store' });
  await run.done;
});

it('R34 one contact that alone fails with an error that the store does not know is a dead letter, and the run ends well', async () => {
  const details = { verdict: 'retryable', outcome: 'not-committed', isUnclassified: true } as const;
  const { run } = await startOver((good) => {
    let bad: string | undefined;
    const write: StoreSink['write'] = async (batch, claim, options) => {
      bad ??= batch.contacts[3]?.contactId;
      const isBad = batch.contacts.some(({ contactId }) => contactId === bad);
      if (isBad) throw new SinkError('TEST_UNKNOWN', 'error 4711', details);
      return good.write(batch, claim, options);
    };
    return { write };
  });
  expect((await run.done).totals).toMatchObject({ contactsWritten: 29, deadLetters: 1 });
  expect(run.events.filter(({ type }) => type === 'dead-letter')).toMatchObject([{ code: 'TEST_UNKNOWN' }]);
});

it.each(['edit', 'inbound-call'] as const)(
  'R34 a single record of a quiet campaign (%s) that fails with an unknown error becomes a dead letter, and the daemon goes on',
  async (kind) => {
    const details = { verdict: 'retryable', outcome: 'not-committed', isUnclassified: true } as const;
    let isQuiet = false;
    const { run, clock, simulator } = await startOver((good) => {
      const write: StoreSink['write'] = async (batch, claim, options) => {
        const records = kind === 'edit' ? batch.contacts : batch.inboundCalls;
        if (isQuiet && records.length > 0) throw new SinkError('TEST_UNKNOWN', 'error 4711', details);
        return good.write(batch, claim, options);
      };
      return { write };
    }, 'db_sync');
    await Promise.all([run.next('cycle'), run.next('part-done', ({ part }) => part === 'listing')]);
    isQuiet = true;
    simulator.activity.step(1, kind);
    expect(await run.next('dead-letter')).toMatchObject({ code: 'TEST_UNKNOWN' });
    const sinceMs = clock.monotonic();
    while (clock.monotonic() - sinceMs < 30 * MINUTE_MS) await run.next('cycle');
    await run.stop();
  },
);
