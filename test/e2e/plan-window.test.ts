import { clockTicker, createHttpTransport, type HttpTransport, systemClock } from '@dbsync/core';
import { type PlannedWindow, planStart } from '@dbsync/core/cli-kit';
import type { Progress, StoreSink } from '@dbsync/core/contract';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock, type VirtualClock } from '../harness/clocks/virtual-clock.ts';
import { type ObservedRun, startRun } from '../harness/observed-run.ts';

const DAY_MS = 86_400_000;
const { signal } = new AbortController();

interface World {
  readonly simulator: Simulator;
  readonly clock: VirtualClock;
  readonly store: StoreSink;
  /** An instant this number of days before now, ISO 8601. */
  ago(days: number): string;
  progress(): Promise<Progress>;
}

interface Scenario {
  readonly name: string;
  readonly mode: 'db_init' | 'db_update' | 'db_sync';
  since?(world: World): string;
  /** The plan of the rows, where it differs from that of the copy before. */
  readonly plan?: string;
  prepare(world: World): Promise<unknown>;
  expected(world: World): Promise<Partial<PlannedWindow>> | Partial<PlannedWindow>;
  readonly effects?: readonly RegExp[];
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'db_sync goes on with a copy that was listed whole today',
    mode: 'db_sync',
    prepare: copyAll,
    expected: async ({ progress }) => ({
      listing: 'changes',
      listedFrom: (await progress()).listedFrom,
      backfill: null,
    }),
  },
  {
    name: 'db_sync makes the complete listing of the day',
    mode: 'db_sync',
    async prepare(world) {
      await copyAll(world);
      world.clock.jump(DAY_MS + 60_000);
    },
    expected: () => ({ listing: 'complete', listedFrom: null, backfill: null }),
  },
  {
    name: 'db_sync under another plan lists all that the copy holds, which began late',
    mode: 'db_sync',
    plan: 'another',
    prepare: (world) => copyAll(world, world.ago(20)),
    expected: async ({ progress }) => ({ listing: 'complete', listedFrom: (await progress()).since }),
    effects: [/^The options differ /],
  },
  {
    name: 'db_sync fills in the time of an earlier --since',
    mode: 'db_sync',
    since: ({ ago }) => ago(40),
    prepare: (world) => copyAll(world, world.ago(20)),
    expected: async ({ progress, ago }) => ({
      listing: 'changes',
      listedFrom: (await progress()).listedFrom,
      backfill: { contactsFrom: ago(40), callsFrom: ago(40), isNew: true },
    }),
    effects: [/^--since .* is before .*: the time between is copied/],
  },
  {
    name: 'db_sync begins a copy now',
    mode: 'db_sync',
    prepare: async () => {},
    expected: () => ({ listing: 'complete', backfill: null }),
    effects: [/^The target holds no copy of the campaign, and this one begins now/],
  },
  {
    name: 'db_sync begins a copy at --since',
    mode: 'db_sync',
    since: ({ ago }) => ago(9),
    prepare: async () => {},
    expected: ({ ago }) => ({ listedFrom: ago(9), eventsFrom: ago(9), inboundFrom: ago(9), backfill: null }),
  },
  {
    name: 'db_update begins where a copy that stopped two weeks ago was listed last',
    mode: 'db_update',
    async prepare(world) {
      await copyAll(world);
      world.clock.jump(14 * DAY_MS);
    },
    expected: async ({ progress }) => ({
      listing: 'changes',
      listedFrom: (await progress()).listedFrom,
      daysEarlier: 2,
    }),
  },
  {
    name: 'db_update copies the last week of a copy that is current',
    mode: 'db_update',
    prepare: (world) => copyAll(world),
    expected: ({ ago }) => ({ listing: 'changes', listedFrom: ago(7), daysEarlier: 1 }),
  },
  {
    name: 'db_init --since earlier than the copy lists all from there',
    mode: 'db_init',
    since: ({ ago }) => ago(40),
    prepare: (world) => copyAll(world, world.ago(20)),
    expected: ({ ago }) => ({ listing: 'complete', listedFrom: ago(40), inboundFrom: ago(40) }),
  },
];

for (const { name, mode, since, plan = '', prepare, expected, effects = [] } of SCENARIOS) {
  it(`a plan foretells what a start reads: ${name}`, async () => {
    const world = await createWorld();
    await prepare(world);
    const settings = { mode, since: since?.(world) ?? null, plan };
    const planned = await planIn(world, settings);
    expect(planned.window).toMatchObject(nearly(await expected(world)) as object);
    expect(planned.effects).toEqual(effects.map((text) => expect.stringMatching(text)));

    const { transport, read } = recordingTransport(world);
    const run = startRun({ ...world, ...settings, transport, intervalMs: 1_000 });
    if (mode === 'db_sync') await untilDone(run, planned.window, world);
    await (mode === 'db_sync' ? run.stop() : run.done);
    const { listedFrom, daysEarlier, inboundFrom, backfill } = planned.window;
    const filledFrom = backfill === null ? [] : [dayBefore(backfill.contactsFrom, 1)];
    expect(read.listings).toEqual(new Set([dayBefore(listedFrom, daysEarlier), ...filledFrom]));
    const callsFrom = [inboundFrom, ...(backfill === null ? [] : [backfill.callsFrom])].map((from) => from ?? '');
    const [earliest = ''] = callsFrom.map((from) => from.slice(0, 16)).sort();
    expect([...read.calls].filter((from) => from.slice(0, 16) <= earliest)).not.toEqual([]);
    expect(read.contacts.size).toBe(planned.requests.bodies);
  });
}

async function createWorld(): Promise<World> {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 60, clock });
  onTestFinished(() => simulator.close());
  const store = createMemoryStore(createMemoryTarget());
  return {
    simulator,
    clock,
    store,
    ago: (days) => new Date(clock.now() - days * DAY_MS).toISOString(),
    progress: async () => (await store.readState(simulator.campaign, { signal })).progress as Progress,
  };
}

function copyAll({ simulator, clock, store }: World, since: string | null = null) {
  return startRun({ simulator, store, clock, since }).done;
}

type RunOptions = { readonly mode: Scenario['mode']; readonly since: string | null; readonly plan: string };

function planIn({ simulator, clock, store }: World, { plan, ...settings }: RunOptions) {
  const { campaign, token, url: apiUrl } = simulator;
  const filter = { mode: 'all', prefixes: [] } as const;
  const sizes = { intervalMs: 60_000, requestConcurrency: 8, contactsPerRequest: null, leaseMs: 30_000 };
  const sink = { store, target: 'test', plan };
  return planStart(
    { campaign, token, apiUrl, filter, ...sizes, ...settings, sink, delivery: null },
    { signal, observe: () => {}, clock, storeClock: systemClock, ticker: clockTicker(clock, 1_000) },
  );
}

/** Records what a run reads: the days of listings, the starts of inbound calls, and contacts whose bodies it asks for. */
function recordingTransport({ simulator: { url: apiUrl, campaign, token } }: World) {
  const limits = { idleMs: 60_000, deadlineMs: 60_000, maxAnswerBytes: 64 << 20 };
  const http = createHttpTransport({ apiUrl, campaign, token, ...limits });
  const read = { listings: new Set<unknown>(), calls: new Set<string>(), contacts: new Set<string>() };
  const transport: HttpTransport = {
    ...http,
    send({ path, query, body, ...rest }, stop) {
      if (path === 'contacts/list' && 'changedSince' in query) read.listings.add(query.changedSince);
      if (path === 'inbound/calls/') read.calls.add(String(query.from));
      for (const id of body ?? []) read.contacts.add(id);
      return http.send({ path, query, ...(body && { body }), ...rest }, stop);
    },
  };
  return { transport, read };
}

/** Resolves when `db_sync` has made its first listing, has read inbound calls, and has ended its back-fill. */
async function untilDone(run: ObservedRun, { backfill }: PlannedWindow, { progress }: World): Promise<void> {
  await run.next('part-done', ({ part }) => part === 'listing');
  if (backfill !== null) await expect.poll(async () => (await progress()).backfill, { timeout: 60_000 }).toBeNull();
  await run.next('cycle');
}

function dayBefore(instant: string | null, days: number): string | null {
  return instant && new Date(Date.parse(instant) - days * DAY_MS).toISOString().slice(0, 10);
}

/** Returns the same with instants that may differ by a minute: the clock goes on meanwhile. */
function nearly(value: unknown): unknown {
  if (typeof value === 'string' && value.endsWith('Z')) {
    return expect.toSatisfy((found) => Math.abs(Date.parse(String(found)) - Date.parse(value)) < 60_000, value);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, nearly(member)]));
}
