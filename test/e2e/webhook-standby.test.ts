import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox, type DeliverySettings, parseAttemptSchedule } from '@dbsync/core';
import { SinkError } from '@dbsync/core/contract';
import { startSimulator } from '@dbsync/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';

const ENDPOINT: DeliverySettings['endpoint'] = {
  kind: 'endpoint',
  open: async () => {},
  checkHealth: async () => [],
  close: async () => {},
  deliver: async (messages) => messages.map(() => ({ verdict: 'accepted' })),
};

it('a standby whose target is set up wrongly ends when it starts, not when it takes over', async () => {
  const simulator = await startSimulator({ contacts: 5 });
  onTestFinished(() => simulator.close());
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-standby-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const start = (endpoint: DeliverySettings['endpoint']) => {
    const file = join(folder, 'outbox.sqlite');
    const { queue, store } = createOutbox({
      file,
      target: 'http://target.invalid/',
      historySince: null,
      ballastBytes: 0,
    });
    const schedule = parseAttemptSchedule('5s,1m');
    const delivery = { queue, endpoint, schedule, rate: null, concurrency: 4 };
    return startRun({ simulator, store, delivery, mode: 'webhook' });
  };
  const first = start(ENDPOINT);
  await first.next('cycle');
  const wrong = new SinkError('WEBHOOK_FILE_UNREADABLE', 'no such file', {
    verdict: 'fatal',
    outcome: 'not-committed',
  });
  const second = start({ ...ENDPOINT, open: () => Promise.reject(wrong) });
  await expect(Promise.race([second.done, second.next('standby')])).rejects.toBe(wrong);
  await first.stop();
});
