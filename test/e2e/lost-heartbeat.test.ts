import { SinkError } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { openTargets } from '../harness/targets.ts';

it('R10 a daemon whose heartbeat is the first to find the connection lost claims again, and does not end', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  onTestFinished(() => simulator.close());
  await using targets = await openTargets('sqlite');
  await using target = await targets.create();
  const store = await loadStore(target.url);
  const { reporting } = store;
  if (reporting === undefined) throw new Error('the sink keeps no heartbeats');
  let beats = 0;
  const keepHeartbeat: typeof reporting.keepHeartbeat = async (...call) => {
    beats += 1;
    if (beats > 1) return reporting.keepHeartbeat(...call);
    const details = { verdict: 'retryable', outcome: 'not-committed', connectionLost: true } as const;
    throw new SinkError('SQL_GONE', 'the connection is gone', details);
  };
  const losing = new Proxy(store, {
    get: (whole, name) => (name === 'reporting' ? { ...reporting, keepHeartbeat } : Reflect.get(whole, name)),
  });
  const daemon = startRun({ simulator, store: losing, mode: 'db_sync', intervalMs: 1_000 });
  await daemon.next('claimed', ({ epoch }) => epoch === 2n);
  await daemon.next('cycle');
  expect(beats).toBeGreaterThan(1);
  await daemon.stop();
});
