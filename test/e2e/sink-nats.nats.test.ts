import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@dbsync/core';
import { startSimulator } from '@dbsync/simulator';
import { afterEach, expect, it } from 'vitest';
import { flawsOf } from '../chaos/accepted-deliveries.ts';
import { endWell, killAfter, untilAllIsSeen } from '../chaos/child-ends.ts';
import { seededRandom } from '../chaos/seeded-random.ts';
import { untilDelivered } from '../chaos/webhook-kills.ts';
import { startDbsync } from '../harness/dbsync-child.ts';
import { startNats } from '../harness/servers/nats-server.ts';
import { openStreams, type StoredMessage } from '../harness/servers/nats-streams.ts';

const SEED = 20_265;
const KILLS = 3;
const EVENTS_PER_SECOND = 30;
const STREAM = 'CALLS';
const NEVER = new AbortController().signal;

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

it(`every event is in the stream once, in its last state, after ${KILLS} kills of dbsync and ${KILLS} of nats-server (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-nats-'));
  undo.push(async () => rmSync(folder, { recursive: true }));
  const simulator = await startSimulator({ seed: SEED, contacts: 400, hostileEvery: 50 });
  undo.push(() => simulator.close());
  const server = await startNats();
  undo.push(() => server.stop());
  await addStream(server.port);
  const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
  const { campaign, token, url } = simulator;
  const start = () =>
    startDbsync({
      ...{ mode: 'webhook', campaign, token, since, 'api-url': url, interval: 1, lease: 2, 'state-dir': folder },
      ...{ url: `nats://127.0.0.1:${server.port}/${STREAM}`, 'nats-timeout': 2, 'webhook-backoff': '0.2s..2s' },
      ...{ 'webhook-rate': 1_000, 'webhook-burst': 1_000 },
    });

  simulator.activity.start(EVENTS_PER_SECOND);
  for (let kill = 1; kill <= KILLS; kill++) {
    const child = start();
    await child.next(({ type }) => type === 'delivery');
    await systemClock.sleep(random() * 300, NEVER);
    await server.kill();
    await server.restart();
    expect(await killAfter(child, random() * 2_500), child.output().slice(-4_000)).toBe('SIGKILL');
  }
  simulator.activity.stop();
  const last = start();
  await untilAllIsSeen(last);
  await untilDelivered(last, folder, campaign);
  await endWell(last, () => {});

  const messages = await readStream(server.port);
  const deliveries = messages.map(({ id, body }) => ({ id, body, end: 'answered' as const }));
  const { flaws, transactions } = await flawsOf(deliveries, null, { simulator, since });
  expect(flaws).toEqual([]);
  expect(transactions).toBeGreaterThan(100);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  expect(messages.filter((message) => message.subject !== subjectOf(message))).toEqual([]);
});

async function addStream(port: number): Promise<void> {
  await using streams = await openStreams(port);
  await streams.add({ name: STREAM, subjects: [`dbsync.${STREAM}.>`] });
}

async function readStream(port: number): Promise<readonly StoredMessage[]> {
  await using streams = await openStreams(port);
  return await streams.read(STREAM);
}

/** Returns the subject. The ids of this campaign need no escapes. */
function subjectOf({ body }: StoredMessage): string {
  return `dbsync.${STREAM}.${JSON.parse(body).contact.$id}`;
}
