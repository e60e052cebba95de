import { join } from 'node:path';
import { createOutbox, type DeliveryQueue, type Outbox, type Outcome, parseAttemptSchedule } from '@dbsync/core';
import type { EndpointSink, Message, Verdict } from '@dbsync/core/contract';
import { type CampaignContact, versionAt } from './campaign.ts';
import { DELIVERY_KINDS } from './fault-kinds.ts';
import { isAmong } from './id-share.ts';
import { createScratchFolder, emptyFolder } from './scratch-folder.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { CAMPAIGN, type SimulatedTarget } from './simulated-target.ts';
import type { TargetSurroundings } from './targets.ts';

/** What a receiver has got of one transaction. */
interface Received {
  readonly status: string;
  /** All that came before, to see whether something old comes after something new. */
  readonly order: readonly string[];
}

const SCHEDULE = parseAttemptSchedule('5s,1m,2m');
const ANSWER_MS = 30_000;
/** Its attempts are used up by then, or it was accepted. */
const LATE_AFTER_REFUSAL_MS = 90 * 60_000;

/** Core's outbox on a file, and behind it a web service in memory, on its own bad days. */
export function createWebhookTarget(surroundings: TargetSurroundings): SimulatedTarget {
  const { campaign, time } = surroundings;
  const folder = createScratchFolder();
  const file = join(folder, 'outbox.sqlite');
  const received = new Map<string, Received>();
  const outdated = new Map<string, number>();
  /** When a message of the contact was refused last, or given up: those behind it are late. */
  const refusedMs = new Map<string, number>();
  /** Transactions whose newest message was given up: a dead letter, until a newer state is delivered. */
  const givenUp = new Set<string>();
  const isLate = (contactId: string) =>
    time.nowMs - (refusedMs.get(contactId) ?? Number.NEGATIVE_INFINITY) < LATE_AFTER_REFUSAL_MS;

  const receive = ({ contactId, transaction }: Message) => {
    const key = keyOf(contactId, String(transaction.fired), Number(transaction.sequence_nr));
    const status = String(transaction.status);
    const order = received.get(key)?.order ?? [];
    const isOld = order.includes(status) && order.at(-1) !== status;
    givenUp.delete(key);
    if (!isOld) outdated.delete(key);
    else if (!outdated.has(key)) outdated.set(key, time.nowMs);
    received.set(key, { status, order: isOld ? order : [...order.filter((other) => other !== status), status] });
  };

  return {
    name: 'webhook',
    kinds: DELIVERY_KINDS,
    connect(process) {
      const now = () => process.clock.now();
      const outbox = createOutbox({ file, campaign: CAMPAIGN, target: 'http://target.invalid/', now, ballastBytes: 0 });
      const refuse = (contactId: string) => void refusedMs.set(contactId, time.nowMs);
      const endpoint = createEndpoint(surroundings, process, { receive, refuse });
      const queue = throughProcess(outbox, process, ({ contactId, transaction }) => {
        refuse(contactId);
        givenUp.add(keyOf(contactId, String(transaction.fired), Number(transaction.sequence_nr)));
      });
      const delivery = { queue, endpoint, schedule: SCHEDULE, rate: null, concurrency: 4 };
      return { store: outbox.store, delivery, drop: () => void outbox.store.close().catch(ignoreEnd) };
    },
    heldNr: () => null,
    *differences(asOfMs) {
      for (const contact of campaign.contacts.values()) {
        if (contact.deletedMs !== null || isLate(contact.id)) continue;
        for (const { fired, sequence_nr, status } of versionAt(contact, asOfMs)?.transactions ?? []) {
          const key = keyOf(contact.id, fired, sequence_nr);
          if (givenUp.has(key)) continue;
          const newest = versionAt(contact, time.nowMs)?.transactions.find(
            (t) => t.sequence_nr === sequence_nr,
          )?.status;
          const got = received.get(key)?.status;
          if (got !== status && got !== newest && !isBetween(contact, key, got, asOfMs)) {
            yield `${key} was delivered as ${got} where ${status} is true`;
          }
        }
      }
    },
    outdated,
    keepSnapshot: () => {},
    setBack: () => false,
    loseState: () => {},
    removeRows: () => [],
    removePart: () => [],
    tidy: () => {},
    close: () => emptyFolder(folder),
  };

  /** A state later than the wanted one, which was not the newest any more when it was looked at. */
  function isBetween(contact: CampaignContact, key: string, got: string | undefined, asOfMs: number): boolean {
    const late = contact.versions.filter(({ atMs }) => atMs > asOfMs);
    return late.some(({ transactions }) =>
      transactions.some((t) => keyOf(contact.id, t.fired, t.sequence_nr) === key && t.status === got),
    );
  }
}

/** A killed process tells no one that its file could not be closed. */
function ignoreEnd(): void {}

function keyOf(contactId: string, fired: string, sequenceNr: number): string {
  return `${contactId} ${fired} ${sequenceNr}`;
}

/** The queue as the process reaches it: a frozen one settles nothing. */
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

/** The service behind the outbox, past its bad days. */
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
