import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox, systemClock } from '@dbsync/core';
import { type Simulator, startSimulator } from '@dbsync/simulator';
import { type DbsyncChild, startDbsync } from '../harness/dbsync-child.ts';
import { type AcceptedDelivery, flawsOf } from './accepted-deliveries.ts';
import { endWell, killAfter, untilAllIsSeen } from './child-ends.ts';
import { REFUSING_STATUS } from './refused-contacts.ts';
import { seededRandom } from './seeded-random.ts';

export interface WebhookKillsOptions {
  readonly seed: number;
  /** The number of kills of dbsync. */
  readonly kills: number;
  /** The time for which the receiver is down, half-way. */
  readonly downMs: number;
  readonly log?: (line: string) => void;
}

export interface WebhookKillsResult {
  /**
   * The faults of the receiver's deliveries, missing ones or unexpected ones; empty: every event of the truth, in its
   * last state.
   */
  readonly flaws: readonly string[];
  readonly deliveries: number;
  readonly transactions: number;
  /** Messages of contacts that the receiver refuses for good: dead letters. */
  readonly refused: number;
}

const EVENTS_PER_SECOND = 30;
const RECEIVER = join(import.meta.dirname, 'unruly-receiver.ts');
const NEVER = new AbortController().signal;

/**
 * Kills dbsync and its receiver at random instants while the campaign changes; the receiver fails, hangs and breaks off
 * in between. Then lets both run undisturbed until no message waits, and compares the accepted deliveries with the
 * truth.
 */
export async function killWebhook({
  seed,
  kills,
  downMs,
  log = () => {},
}: WebhookKillsOptions): Promise<WebhookKillsResult> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-webhook-'));
  const file = join(folder, 'accepted.ndjson');
  const since = new Date(Date.now() - 3 * 86_400_000).toISOString();
  const simulator = await startSimulator({ seed, contacts: 400, hostileEvery: 50 });
  let receiver = await startReceiver({ port: 0, file, seed, mood: 'unruly' });
  const { port } = receiver;
  const restart = async (mood: Mood, afterMs = 0) => {
    await receiver.kill();
    await systemClock.sleep(afterMs, NEVER);
    receiver = await startReceiver({ port, file, seed: Math.floor(random() * 1_000_000), mood });
  };
  const start = () => startDbsync(optionsOf(simulator, port, since, folder));
  try {
    simulator.activity.start(EVENTS_PER_SECOND);
    for (let kill = 1; kill <= kills; kill++) {
      const child = start();
      const isDown = kill === Math.ceil(kills / 2);
      if (isDown) await restart('unruly', downMs);
      const killed = killAfter(child, 800 + random() * 2_500);
      if (kill % 5 === 2) await restart('unruly');
      const how = await killed;
      log(`kill ${kill}: dbsync ended by ${how}${isDown ? `, its receiver was down for ${downMs / 1_000} s` : ''}`);
      if (how !== 'SIGKILL') throw new Error(`dbsync ended by itself (${how}):\n${child.output().slice(-4_000)}`);
    }
    simulator.activity.stop();
    await restart('well');
    const last = start();
    await untilAllIsSeen(last);
    await untilDelivered(last, folder, simulator.campaign);
    const refused = await refusedBodies(folder, simulator.campaign);
    await endWell(last, log);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    return await flawsOf(
      lines.map((line): AcceptedDelivery => JSON.parse(line)),
      refused,
      { simulator, since },
    );
  } finally {
    await receiver.kill();
    await simulator.close();
    rmSync(folder, { recursive: true });
  }
}

type Mood = 'well' | 'unruly';

function optionsOf({ campaign, token, url }: Simulator, port: number, since: string, folder: string) {
  return {
    ...{ mode: 'webhook', campaign, token, since, 'api-url': url, interval: 1, lease: 2, 'state-dir': folder },
    ...{ url: `http://127.0.0.1:${port}/hook`, 'http-timeout': 2, 'webhook-backoff': '0.2s..2s' },
    ...{ 'webhook-rate': 1_000, 'webhook-refused': `410,${REFUSING_STATUS}`, 'webhook-burst': 1_000 },
  };
}

interface RunningReceiver {
  readonly port: number;
  kill(): Promise<void>;
}

interface ReceiverStart {
  /** The port; 0: any free one. */
  readonly port: number;
  readonly file: string;
  readonly seed: number;
  readonly mood: Mood;
}

async function startReceiver({ port, file, seed, mood }: ReceiverStart): Promise<RunningReceiver> {
  const child = fork(RECEIVER, [String(port), file, String(seed), mood]);
  const ended = once(child, 'exit');
  const [ready] = await once(child, 'message');
  return {
    port: ready.port,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Reads the outbox after each delivery, until it is empty. */
export async function untilDelivered(daemon: DbsyncChild, folder: string, campaign: string): Promise<void> {
  const { store, report } = createOutbox({ file: join(folder, `${campaign}.sqlite`), ifMissing: 'refuse' });
  const options = { signal: NEVER };
  await store.open(options);
  while ((await report.summary(campaign, options)).messages > 0) {
    await daemon.next(({ type }) => type === 'delivery' || type === 'cycle');
  }
  await store.close();
}

/** Returns the messages that were refused for good, as they were kept. */
async function refusedBodies(folder: string, campaign: string): Promise<readonly string[]> {
  const { store } = createOutbox({ file: join(folder, `${campaign}.sqlite`), ifMissing: 'refuse' });
  await store.open({ signal: NEVER });
  const letters = await store.listDeadLetters(campaign, { signal: NEVER, limit: 1_000_000 });
  await store.close();
  return letters.filter(({ kind }) => kind === 'message').map(({ body }) => body);
}
