import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox, type DeliverySettings, parseAttemptSchedule } from '@dbsync/core';
import type { Message, StoreSink } from '@dbsync/core/contract';
import { type FaultSpec, startSimulator } from '@dbsync/simulator';
import { createMemoryStore, createMemoryTarget, rowsOfMessages } from '@dbsync/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createVirtualClock } from '../harness/clocks/virtual-clock.ts';
import { startRun } from '../harness/observed-run.ts';

const MINUTE_MS = 60_000;
/** Minutes may pass while a request is under way. */
const NEARLY_MS = 10 * MINUTE_MS;

type Faults = readonly FaultSpec[];

const DOWN: Faults = [{ kind: 'status', status: 503 }];

/** Makes a first start, during which these faults last for hours. Changes come in the middle of them. */
async function startAmid(faults: Faults, store: StoreSink, delivery: DeliverySettings | null) {
  const clock = createVirtualClock();
  const simulator = await startSimulator({ contacts: 20, clock });
  onTestFinished(() => simulator.close());
  simulator.faults.set(faults);
  const startedMs = clock.now();
  const mode = delivery === null ? 'db_sync' : 'webhook';
  const run = startRun({ simulator, store, clock, delivery, mode });
  await run.next('waiting', (event) => event.for === 'api');
  const letHoursPass = (hours: number) => {
    for (let minute = 0; minute < hours * 60; minute++) clock.jump(MINUTE_MS);
  };
  letHoursPass(3);
  simulator.activity.step(2, 'inbound-call');
  const contactIds = simulator.activity.step(2, 'transaction').flatMap(({ contactId }) => contactId ?? []);
  letHoursPass(3);
  simulator.faults.clear();
  const healedMs = clock.now();
  const ticking = setInterval(() => clock.jump(MINUTE_MS), 50);
  onTestFinished(() => clearInterval(ticking));
  // The jobs of a cycle run beside each other: one cycle alone does not show that calls were read too.
  const caughtUp = () => run.next('cycle', ({ lagMs }) => lagMs !== null && clock.now() - lagMs > healedMs);
  return { run, caughtUp, simulator, startedMs, contactIds };
}

it.each([
  ['the API was down', DOWN],
  ['the list of fields was down', [{ kind: 'status', status: 503, endpoint: 'fields' }]],
] as const)('R28 a copy begins at its first start, also where %s for hours then', async (_what, faults) => {
  const target = createMemoryTarget();
  const { run, caughtUp, simulator, startedMs } = await startAmid(faults, createMemoryStore(target), null);
  await caughtUp();
  await run.stop();
  expect(rowsOfMessages(target, 'inbound_calls')).toHaveLength(2);
  const since = Date.parse(target.streams.get(simulator.campaign)?.progress?.since ?? '');
  expect(Math.abs(since - startedMs)).toBeLessThan(NEARLY_MS);
});

it('R28 deliveries begin at the first start, also where the API was down for hours then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-late-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const outbox = createOutbox({
    file: join(folder, 'outbox.sqlite'),
    target: 'http://target.invalid/',
    historySince: null,
    ballastBytes: 0,
  });
  const sent = new Set<string>();
  const due = Promise.withResolvers<void>();
  let wanted: readonly string[] | null = null;
  const receive = ({ contactId }: Message) => {
    sent.add(contactId);
    if (wanted?.every((id) => sent.has(id))) due.resolve();
    return { verdict: 'accepted' } as const;
  };
  const endpoint: DeliverySettings['endpoint'] = {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: async (messages) => messages.map(receive),
  };
  const schedule = parseAttemptSchedule('5s,1m');
  const delivery = { queue: outbox.queue, endpoint, schedule, rate: null, concurrency: 4 };
  const { run, caughtUp, simulator, startedMs, contactIds } = await startAmid(DOWN, outbox.store, delivery);
  wanted = contactIds;
  await caughtUp();
  const { progress } = await outbox.store.readState(simulator.campaign, { signal: new AbortController().signal });
  expect(Math.abs(Date.parse(progress?.since ?? '') - startedMs)).toBeLessThan(NEARLY_MS);
  await due.promise;
  await run.stop();
});
