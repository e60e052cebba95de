import { systemClock } from '@dbsync/core';
import { SinkError } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';

/** A sleep takes a thousandth of its time. */
const hurried = { ...systemClock, sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 1000, signal) };

it('a start goes on when the target answers, after an open that hung', async () => {
  const simulator = await startSimulator({ contacts: 20 });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  const inner = createMemoryStore(target);
  let isFirst = true;
  const open: typeof inner.open = async (options) => {
    if (!isFirst) return inner.open(options);
    isFirst = false;
    return new Promise((_, reject) => {
      const details = { verdict: 'retryable', outcome: 'not-committed', connectionLost: true } as const;
      options.signal.addEventListener('abort', () => reject(new SinkError('TEST_HANGS', 'No answer came.', details)));
    });
  };
  const run = startRun({ simulator, store: { ...inner, open }, clock: hurried, storeClock: hurried });
  expect(await run.next('recovered')).toMatchObject({ for: 'store' });
  await run.done;
  expect(target.contacts.size).toBe(20);
});
