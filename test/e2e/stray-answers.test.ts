import { type FaultSpec, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';
import { type SeenRequest, startScriptedApi } from '../harness/scripted-api.ts';

const ENDPOINTS = ['fields', 'contacts-list', 'contacts', 'transactions', 'inbound-calls'] as const;

async function simulate() {
  const simulator = await startSimulator({ contacts: 60, inboundCalls: 40 });
  onTestFinished(() => simulator.close());
  return simulator;
}

it.each([401, 403, 404])('a stray %d of any endpoint ends no run', async (status) => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', intervalMs: 1_000 });
  await run.next('cycle');
  simulator.faults.set(ENDPOINTS.map((endpoint) => ({ kind: 'status', status, count: 1, endpoint })));
  const written = run.next('cycle', ({ contacts }) => contacts > 0);
  simulator.activity.step(5, 'transaction');
  await written;
  await run.stop();
});

describe('a start under a stray denial', () => {
  it.each([401, 403, 404])(
    'goes on after a %d where the stream has progress, since an earlier run had access',
    async (status) => {
      const simulator = await simulate();
      const target = createMemoryTarget();
      await startRun({ simulator, store: createMemoryStore(target) }).done;
      simulator.faults.set(ENDPOINTS.map((endpoint) => ({ kind: 'status', status, count: 1, endpoint })));
      const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', intervalMs: 1_000 });
      await run.next('cycle');
      await run.stop();
      expect(run.events).toContainEqual(
        expect.objectContaining({ type: 'notice', level: 'warn', code: codeOf(status) }),
      );
    },
  );

  it('fails at once where the stream has none', async () => {
    const simulator = await simulate();
    simulator.faults.set([{ kind: 'status', status: 403 }]);
    const run = startRun({ simulator, store: createMemoryStore(createMemoryTarget()), mode: 'db_sync' });
    await expect(run.done).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
    expect(simulator.faults.struck).toMatchObject({ status: 1 });
  });

  it.each(['db_init', 'db_update'] as const)('fails at once where %s begins, which ends anyway', async (mode) => {
    const simulator = await simulate();
    const target = createMemoryTarget();
    await startRun({ simulator, store: createMemoryStore(target) }).done;
    simulator.faults.set([{ kind: 'status', status: 403 }]);
    const run = startRun({ simulator, store: createMemoryStore(target), mode });
    await expect(run.done).rejects.toMatchObject({ code: 'API_TOKEN_REFUSED' });
    expect(simulator.faults.struck).toMatchObject({ status: 1 });
  });
});

it('R2 one empty answer is no proof that a campaign has no contacts and no calls', async () => {
  const simulator = await simulate();
  const longAgo = { kind: 'lag', ms: 50 * 365 * 86_400_000, count: 1 } as const;
  simulator.faults.set(['contacts-list', 'inbound-calls'].map((endpoint) => ({ ...longAgo, endpoint }) as FaultSpec));
  const target = createMemoryTarget();
  const { totals } = await startRun({ simulator, store: createMemoryStore(target) }).done;
  expect(simulator.faults.struck).toMatchObject({ lag: 2 });
  expect([target.contacts.size, totals.inboundCallsWritten]).toEqual([60, 40]);
});

it('R2 events that never end are cut: what came is copied, the watermark stays, and the cycle ends', async () => {
  let lines = 0;
  const api = await startScriptedApi(({ path, ids }: SeenRequest) => {
    if (path === 'fields/list') return { json: [] };
    if (path === 'contacts/') return { json: ids.map((id) => ({ $id: id, $md5: 'm' })) };
    if (path !== 'contacts/transactions/') return { json: { results: [] } };
    const results = Array.from({ length: 1_000 }, () => `key ${++lines}|m|CONTACT${lines % 10}`);
    return { json: { results, cursor: `cursor ${lines}` } };
  });
  onTestFinished(() => api[Symbol.asyncDispose]());
  const target = createMemoryTarget();
  const simulator = { url: api.url, token: 't', campaign: 'C' };
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync' });
  await run.next('cycle');
  await run.stop();
  const progress = target.streams.get('C')?.progress;
  expect(progress?.eventsUntil).toBe(progress?.since);
  expect(target.contacts.size).toBe(10);
  // The shortest window is read up to two million lines, a thousand a page.
  expect(api.requests.length).toBeLessThan(2_100);
});

function codeOf(status: number): string {
  return status === 404 ? 'API_CAMPAIGN_UNKNOWN' : 'API_TOKEN_REFUSED';
}
