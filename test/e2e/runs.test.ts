import { type SimulatorOptions, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, type MemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';
import { startRecordingProxy } from '../harness/recording-proxy.ts';

const signal = new AbortController().signal;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

async function simulate(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ contacts: 60, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** Starts the simulator behind a proxy that records each request and calls the test before the answer. */
async function recorded(options: SimulatorOptions = {}, act: (url: URL) => void = () => {}) {
  const simulator = await simulate(options);
  const requests: URL[] = [];
  const proxy = await startRecordingProxy(simulator.url, (url) => {
    requests.push(url);
    act(url);
  });
  onTestFinished(() => proxy.close());
  const listings = () => requests.filter((url) => url.pathname.endsWith('/contacts/list'));
  return { simulator, proxied: { ...simulator, url: proxy.url }, requests, listings };
}

async function progressOf(target: MemoryTarget, campaign: string) {
  const { progress } = await createMemoryStore(target).readState(campaign, { signal });
  if (progress === null) throw new Error('no progress');
  return progress;
}

const dayBefore = (instant: string, days: number) =>
  new Date(Date.parse(instant) - days * DAY_MS).toISOString().slice(0, 10);

it('copies a campaign once, and a second time fetches nothing', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const first = await startRun({ simulator, store: createMemoryStore(target) }).done;
  expect(first.totals.contactsWritten).toBe(60);
  const second = await startRun({ simulator, store: createMemoryStore(target) }).done;
  expect(second.totals).toMatchObject({ contactsFetched: 0, rowsInserted: 0, rowsUpdated: 0 });
  expect(target.contacts.size).toBe(60);
});

it('R1 lists from the recorded listing when --since is later, so that no mark jumps', async () => {
  const { proxied, listings } = await recorded();
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  await startRun({ simulator: proxied, store: createMemoryStore(target), clock }).done;
  const { listedFrom } = await progressOf(target, proxied.campaign);
  const since = new Date(Date.parse(listedFrom ?? '') + 10 * DAY_MS).toISOString();
  const before = listings().length;
  await startRun({ simulator: proxied, store: createMemoryStore(target), clock, since }).done;
  const [second] = listings().slice(before);
  expect(second?.searchParams.get('changedSince')).toBe(dayBefore(listedFrom ?? '', 2));
});

it('R2 reads a listing again until a pass brings no new id, so contacts that shift between pages are not missed', async () => {
  const { simulator, proxied, listings } = await recorded({ contacts: 300, maxPageSize: 25 }, (url) => {
    if (url.pathname.endsWith('/contacts/list')) simulator.activity.step(2, 'edit');
  });
  const target = createMemoryTarget();
  await startRun({ simulator: proxied, store: createMemoryStore(target) }).done;
  expect(target.contacts.size).toBe(300);
  const passes = listings().filter((url) => !url.searchParams.has('cursor')).length;
  expect(passes).toBeGreaterThanOrEqual(2);
});

it('R5 asks again for contacts that an answer lacked, before a copy ends', async () => {
  const simulator = await simulate({ faults: [{ kind: 'missing-ids', share: 0.5, endpoint: 'contacts', count: 2 }] });
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  const run = startRun({ simulator, store: createMemoryStore(target), clock });
  const ticking = setInterval(() => clock.jump(1_000), 10);
  onTestFinished(() => clearInterval(ticking));
  await run.done;
  expect(target.contacts.size).toBe(60);
});

it('R7 fills in from an earlier --since beside the live events, and its cursor goes with the commit that completes it', async () => {
  const simulator = await simulate({ contacts: 200 });
  const target = createMemoryTarget();
  const store = () => createMemoryStore(target);
  const first = startRun({ simulator, store: store(), mode: 'db_sync' });
  await first.next('cycle');
  await first.stop();
  const begun = await progressOf(target, simulator.campaign);
  expect(begun.backfill).toBeNull();
  const since = new Date(Date.parse(begun.since ?? '') - 20 * DAY_MS).toISOString();
  const second = startRun({ simulator, store: store(), mode: 'db_sync', since });
  await second.next('listed', ({ part }) => part === 'backfill');
  const meanwhile = await progressOf(target, simulator.campaign);
  expect(meanwhile).toMatchObject({ since, backfill: { from: since } });
  const isComplete = { timeout: 60_000 };
  await expect.poll(() => progressOf(target, simulator.campaign), isComplete).toMatchObject({ backfill: null, since });
  await second.stop();
  expect(second.events).toContainEqual(expect.objectContaining({ code: 'BACKFILL_STARTED' }));
  expect(target.contacts.size).toBeGreaterThan(100);
});

it('R8 records that the md5 proves nothing when a contact changed under it, and fetches all that listings return from then on', async () => {
  const simulator = await simulate({ md5IgnoresKinds: ['late-change'] });
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  await startRun({ simulator, store: createMemoryStore(target), clock }).done;
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', clock });
  await run.next('cycle');
  const contactIds = simulator.activity.step(5, 'late-change').flatMap(({ contactId }) => contactId ?? []);
  const request = { key: 'all of them', kind: 'refetch', contactIds } as const;
  await createMemoryStore(target).postRequest(simulator.campaign, request, { signal });
  const warned = run.next('notice', ({ code }) => code === 'API_MD5_UNRELIABLE');
  clock.jump(MINUTE_MS);
  await warned;
  await expect
    .poll(async () => (await progressOf(target, simulator.campaign)).md5Proves, { timeout: 60_000 })
    .toBe(false);
  await run.stop();
});

it('tells that a narrower filter leaves rows behind, once, and not that a wider one does', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const reported = async (mode: 'all' | 'updates_only') => {
    const run = startRun({ simulator, store: createMemoryStore(target), filter: { mode, prefixes: [] } });
    await run.done;
    return run.events.filter((event) => event.type === 'notice' && event.code === 'FILTER_NARROWER').length;
  };
  expect([
    await reported('all'),
    await reported('updates_only'),
    await reported('updates_only'),
    await reported('all'),
  ]).toEqual([0, 1, 0, 0]);
});

it('R10 drops what memory believed when the claim is lost, and reads afresh under a higher epoch', async () => {
  const simulator = await simulate();
  const target = createMemoryTarget();
  const clock = createVirtualClock();
  const run = startRun({ simulator, store: createMemoryStore(target), mode: 'db_sync', clock, leaseMs: 3_000 });
  await run.next('cycle');
  const holder = target.streams.get(simulator.campaign)?.lease?.claim.holder ?? '';
  const intruder = createMemoryStore(target);
  const process = { host: 'elsewhere', bootId: 'other', pid: 1, startedAt: '1' };
  const taken = await intruder.claim(simulator.campaign, 'filter=all prefixes=', {
    leaseMs: 60_000,
    process,
    takeOverFrom: holder,
    signal,
  });
  if (!taken.granted) throw new Error('not granted');
  const standby = run.next('standby');
  clock.jump(MINUTE_MS);
  expect(await standby).toMatchObject({ holder: 'process 1 on elsewhere' });
  await intruder.release(taken.claim, { signal });
  expect(await run.next('claimed')).toMatchObject({ epoch: 3n });
  await run.stop();
});

it('R22 replays a dead letter by fetching its contact again, and accepting it settles the letter', async () => {
  const simulator = await simulate({ faults: [{ kind: 'poison', every: 30 }] });
  const target = createMemoryTarget();
  const store = () => createMemoryStore(target);
  const clock = createVirtualClock();
  const ticking = setInterval(() => clock.jump(10_000), 10);
  onTestFinished(() => clearInterval(ticking));
  await startRun({ simulator, store: store(), clock }).done;
  const letters = await store().listDeadLetters(simulator.campaign, { limit: 10, signal });
  expect(letters).toHaveLength(2);
  expect(letters[0]).toMatchObject({ kind: 'fetch' });
  simulator.faults.clear();
  for (const { key } of letters) {
    await store().postRequest(
      simulator.campaign,
      { key: `replay ${key}`, kind: 'replay', deadLetterKey: key },
      { signal },
    );
  }
  const run = startRun({ simulator, store: store(), mode: 'db_sync', clock });
  const left = () => store().listDeadLetters(simulator.campaign, { limit: 10, signal });
  await expect.poll(left, { timeout: 30_000 }).toEqual([]);
  await run.stop();
  expect(target.contacts.size).toBe(60);
});
