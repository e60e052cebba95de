import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createOutbox, type DeliveryQueue, type Outbox, parseAttemptSchedule } from '@dbsync/core';
import { readStateFile, readStatus } from '@dbsync/core/cli-kit';
import type { EndpointSink, Message, Verdict } from '@dbsync/core/contract';
import type { Outcome } from '../../packages/core/src/outbox/faces/delivery-queue.ts';
import { DELIVERY_KINDS } from './fault-kinds.ts';
import { isAmong } from './id-share.ts';
import { createReceivedTransactions } from './received-transactions.ts';
import { createScratchFolder, emptyFolder } from './scratch-folder.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { CAMPAIGN, type SimulatedTarget } from './simulated-target.ts';
import type { TargetSurroundings } from './targets.ts';

const SCHEDULE = parseAttemptSchedule('5s,1m,2m');
const ANSWER_MS = 30_000;
/** Its attempts are used up by then, or it was accepted. */
const LATE_AFTER_REFUSAL_MS = 90 * 60_000;

/** Creates core's outbox on a file, and behind it a web service in memory, with its own bad days. */
export function createWebhookTarget(surroundings: TargetSurroundings): SimulatedTarget {
  const { time, settings } = surroundings;
  const folder = createScratchFolder();
  const file = join(folder, 'outbox.sqlite');
  const transactions = createReceivedTransactions(surroundings);
  /** The instant when a message of the contact was last refused, or given up: later messages of it are late. */
  const refusedMs = new Map<string, number>();
  const isLate = (contactId: string) =>
    time.nowMs - (refusedMs.get(contactId) ?? Number.NEGATIVE_INFINITY) < LATE_AFTER_REFUSAL_MS;
  const refuse = (contactId: string) => void refusedMs.set(contactId, time.nowMs);

  return {
    name: 'webhook',
    hasMachineClock: true,
    kinds: DELIVERY_KINDS,
    connect(process) {
      const now = () => process.clock.now();
      const outbox = createOutbox({
        file,
        campaign: CAMPAIGN,
        target: 'http://target.invalid/',
        historySince: settings.since,
        now,
        monotonic: () => process.clock.monotonic(),
        ballastBytes: 0,
      });
      const endpoint = createEndpoint(surroundings, process, { receive: transactions.receive, refuse });
      const queue = throughProcess(outbox, process, (message) => {
        refuse(message.contactId);
        transactions.gaveUp(message);
      });
      const delivery = { queue, endpoint, schedule: SCHEDULE, rate: null, concurrency: 4 };
      return { store: outbox.store, delivery, drop: () => void outbox.store.close().catch(ignoreEnd) };
    },
    readHeldNrs: () => () => null,
    holdsNothing: () => false,
    differences: (asOfMs) => transactions.differences(asOfMs, isLate),
    outdated: transactions.outdated,
    async readStatus() {
      if (!existsSync(file)) return null;
      const { reporting, close } = readStateFile(file);
      return readStatus(reporting, CAMPAIGN, { signal: new AbortController().signal }).finally(close);
    },
    keepSnapshot: () => {},
    setBack: () => false,
    loseState: () => {},
    removeRows: () => [],
    removePart: () => [],
    tidy: () => {},
    close: () => emptyFolder(folder),
  };
}

/** Ignores an error: a killed process cannot report that its file could not be closed. */
function ignoreEnd(): void {}

/** Returns the queue as the process reaches it: a frozen process settles nothing. */
function throughProcess(
  { queue }: Outbox,
  process: SimulatedProcess,
  onGivenUp: (message: Message) => void,
): DeliveryQueue {
  const taken = new Map<string, Message>();
  const note = (outcomes: readonly Outcome[]) => {
    for (const { id, outcome } of outcomes) {
      const message = taken.get(id);
      if (outcome === 'dead' && message) onGivenUp(message);
      taken.delete(id);
    }
  };
  return {
    take: (claim, options) =>
      process.through(async () => {
        const messages = await queue.take(claim, options);
        note(options.ended ?? []);
        for (const message of messages) taken.set(message.id, message);
        return messages;
      }),
    settle: (claim, outcomes, options) =>
      process.through(async () => {
        await queue.settle(claim, outcomes, options);
        note(outcomes);
      }),
    replay: (claim, key, options) => process.through(() => queue.replay(claim, key, options)),
    backlog: (options) => process.through(() => queue.backlog(options)),
    clockSet: (claim, change, options) => process.through(() => queue.clockSet(claim, change, options)),
    obey: (claim, options) => process.through(() => queue.obey(claim, options)),
    hasAccepted: (options) => process.through(() => queue.hasAccepted(options)),
  };
}

/** The service behind the outbox, without its bad days. */
interface Receiver {
  receive(message: Message): void;
  refuse(contactId: string): void;
}

function createEndpoint(
  { time, faults, chance }: TargetSurroundings,
  process: SimulatedProcess,
  { receive, refuse }: Receiver,
): EndpointSink {
  const passes = (ms: number) => new Promise<void>((resolve) => void time.at(time.nowMs + ms, resolve));
  const retry = (reason: string, fault: 'message' | 'target'): Verdict => ({
    verdict: 'retry',
    reason,
    answer: '',
    fault,
  });

  const deliver = async (message: Message): Promise<Verdict> => {
    const [slow] = faults.of('target-slow');
    await passes(chance.between(20, 200) + (slow?.delayMs ?? 0));
    if (faults.of('target-hangs').some(({ probability }) => chance.happens(probability))) {
      // It may have taken the message before it fell silent.
      if (chance.happens(0.5)) receive(message);
      await passes(ANSWER_MS);
      return retry('No answer came.', 'target');
    }
    if (faults.of('target-down').length > 0) return retry('It answered 503.', 'target');
    const refuses = faults.of('target-refuses').some((fault) => isAmong(message.contactId, fault));
    if (refuses) {
      refuse(message.contactId);
      return retry('It answered 500.', 'message');
    }
    receive(message);
    return { verdict: 'accepted' };
  };

  return {
    kind: 'endpoint',
    open: async () => {},
    checkHealth: async () => [],
    close: async () => {},
    deliver: (messages) => process.through(() => Promise.all(messages.map(deliver))),
  };
}
