import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOutbox } from '@dbsync/core';
import { startDbsync } from '../test/harness/dbsync-child.ts';
import { freePort } from '../test/harness/servers/kept-server.ts';
import { peakMegabytesOf } from './process-usage.ts';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts';

export interface DeliveriesMeasurement {
  readonly messages: number;
  readonly bytesEach: number;
  readonly concurrency: number;
  readonly seconds: number;
  /** The peak memory; null where the system does not report it. */
  readonly peakMegabytes: number | null;
  /** The time of as many requests of the same size, by a sender that stores nothing. */
  readonly bareSeconds: number;
}

const CONCURRENCY = 64;
const NEVER = new AbortController().signal;

/**
 * Lets the outbox fill while no receiver runs, then measures how fast the real command empties it into a receiver of
 * another process.
 */
export async function measureDeliveries(contacts: number): Promise<DeliveriesMeasurement> {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-bench-'));
  try {
    await using simulator = await startSimulatorProcess(contacts);
    console.log(`Deliveries: filling the outbox from ${contacts} contacts ...`);
    await fill(simulator, folder);
    const messages = await countMessages(simulator, folder);
    console.log(`  ${messages} messages wait; delivering them ...`);
    const { seconds, bytes, peakMegabytes } = await drain(simulator, folder, messages);
    console.log(`  delivered in ${seconds.toFixed(1)} s; and as many bare requests ...`);
    const bytesEach = Math.round(bytes / messages);
    const bareSeconds = await sendBare(messages, bytesEach);
    return { messages, bytesEach, concurrency: CONCURRENCY, seconds, peakMegabytes, bareSeconds };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(simulator: SimulatorProcess, folder: string): Promise<void> {
  const daemon = startWebhook(simulator, folder, await freePort());
  await daemon.next(({ type }) => type === 'cycle');
  daemon.kill('SIGTERM');
  await daemon.ended;
}

async function drain(simulator: SimulatorProcess, folder: string, messages: number) {
  const receiver = await startReceiver(messages);
  const daemon = startWebhook(simulator, folder, receiver.port, { 'adopt-url': true });
  const { seconds, bytes } = await receiver.allReceived;
  const peakMegabytes = peakMegabytesOf(daemon.process.pid);
  daemon.kill('SIGTERM');
  await daemon.ended;
  await receiver.end();
  return { seconds, bytes, peakMegabytes };
}

function startWebhook(simulator: SimulatorProcess, folder: string, port: number, more = {}) {
  const { apiUrl, campaign, token } = simulator;
  return startDbsync({
    ...{ mode: 'webhook', campaign, token, since: '2000-01-01', 'api-url': apiUrl, 'state-dir': folder },
    ...{ url: `http://127.0.0.1:${port}/hook`, 'webhook-concurrency': CONCURRENCY },
    ...{ 'webhook-rate': 100_000, 'webhook-burst': 100_000 },
    ...more,
  });
}

async function countMessages({ campaign }: SimulatorProcess, folder: string): Promise<number> {
  const { store, report } = createOutbox({ file: join(folder, `${campaign}.sqlite`), ifMissing: 'refuse' });
  await store.open({ signal: NEVER });
  const { messages } = await report.summary(campaign, { signal: NEVER });
  await store.close();
  return messages;
}

async function sendBare(count: number, bytes: number): Promise<number> {
  const receiver = await startReceiver(count);
  const sender = fork(
    join(import.meta.dirname, 'bare-sender.ts'),
    [receiver.port, count, bytes, CONCURRENCY].map(String),
  );
  const { seconds } = await receiver.allReceived;
  await once(sender, 'exit');
  await receiver.end();
  return seconds;
}

async function startReceiver(expected: number) {
  const child = fork(join(import.meta.dirname, 'counting-receiver.ts'), [String(expected)]);
  const { port } = await messageOf<{ port: number }>(child);
  return {
    port,
    allReceived: messageOf<{ seconds: number; bytes: number }>(child),
    async end() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, 'message');
  return message as T;
}
