import { systemClock } from '@dbsync/core';
import { verifyCopy } from '@dbsync/core/cli-kit';
import type { StoreSink } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { startRun } from '../harness/observed-run.ts';

/** Sleeps take a hundredth of their time. */
const clock = { ...systemClock, sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 100, signal) };

async function copied(contacts = 20, inboundCalls = 5) {
  const simulator = await startSimulator({ contacts, inboundCalls });
  onTestFinished(() => simulator.close());
  const target = createMemoryTarget();
  await startRun({ simulator, store: createMemoryStore(target), clock, plan: 'columns=native' }).done;
  return { simulator, store: createMemoryStore(target) };
}

interface Look {
  readonly deep?: boolean;
  readonly plan?: string;
  readonly campaign?: string;
  readonly contactIds?: readonly string[];
}

function verify(
  simulator: Simulator,
  store: StoreSink,
  { deep = false, plan = 'columns=native', campaign, contactIds }: Look = {},
) {
  const settings = {
    mode: 'db_sync',
    campaign: campaign ?? simulator.campaign,
    token: simulator.token,
    apiUrl: simulator.url,
    since: null,
    filter: { mode: 'all', prefixes: [] },
    intervalMs: 60_000,
    requestConcurrency: 4,
    contactsPerRequest: null,
    leaseMs: 30_000,
    sink: { store, target: 'memory', plan },
    delivery: null,
  } as const;
  const only = contactIds === undefined ? null : { contactIds, calls: null };
  const options = { only, deep, show: (value: string) => value, onProgress: () => {} };
  return verifyCopy(settings, { clock, signal: AbortSignal.timeout(60_000), observe: () => {} }, options);
}

it('VERIFY_LISTING_PARTIAL: a list of contacts that cannot be read to its end says nothing about the copy', async () => {
  const { simulator, store } = await copied(1_100);
  simulator.faults.set([{ kind: 'refuse-cursor', endpoint: 'contacts-list' }]);
  await expect(verify(simulator, store)).rejects.toMatchObject({ code: 'VERIFY_LISTING_PARTIAL' });
  simulator.faults.clear();
  expect(await verify(simulator, store)).toMatchObject({ contacts: 1_100, differences: [] });
});

it('inbound calls of all time are compared in slices where no reading of all gets to its end', async () => {
  const { simulator, store } = await copied(20, 1_500);
  simulator.faults.set([{ kind: 'refuse-cursor', endpoint: 'inbound-calls' }]);
  const { calls, differingCalls } = await verify(simulator, store);
  expect(calls).toBeGreaterThanOrEqual(1_500);
  expect(differingCalls).toEqual([]);
});

it('VERIFY_NO_COPY: a target without progress of the campaign is no copy of it', async () => {
  const { simulator, store } = await copied();
  const look = verify(simulator, store, { campaign: 'OTHER' });
  await expect(look).rejects.toMatchObject({ code: 'VERIFY_NO_COPY', message: expect.stringContaining('OTHER') });
});

it('VERIFY_PLAN_DIFFERS: --deep under other options than those of the copy is refused', async () => {
  const { simulator, store } = await copied();
  const look = verify(simulator, store, { deep: true, plan: 'columns=text' });
  await expect(look).rejects.toMatchObject({
    code: 'VERIFY_PLAN_DIFFERS',
    message: expect.stringMatching(/columns=native.*columns=text/),
  });
  expect(await verify(simulator, store, { deep: true })).toMatchObject({ differences: [], rows: [] });
});

it('a contact that the API fails to give is neither compared nor taken for gone', async () => {
  const { simulator, store } = await copied();
  const look = { signal: AbortSignal.timeout(60_000), limit: 1 };
  const [id = ''] = (await store.verifying?.listStored(simulator.campaign, look)) ?? [];
  simulator.faults.set([{ kind: 'poison', status: 400, ids: [id], endpoint: 'contacts' }]);
  const found = await verify(simulator, store, { contactIds: [id] });
  expect(found).toMatchObject({ contacts: 1, present: null, unfetched: [id], gone: [], differences: [] });
});

it('VERIFY_UNFIT: a sink that cannot compare is refused', async () => {
  const { simulator, store } = await copied();
  const { verifying: _, ...without } = store;
  await expect(verify(simulator, without)).rejects.toMatchObject({ code: 'VERIFY_UNFIT' });
});
