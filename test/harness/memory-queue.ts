import type { DeliveryQueue } from '@dbsync/core';
import { type Claim, SinkError } from '@dbsync/core/contract';
import type { Backlog, Obeyed, Outcome, TakenMessage } from '../../packages/core/src/outbox/faces/delivery-queue.ts';
import { type ContactQueue, createQueueStates } from './queue-states.ts';

/** A queue of deliveries in memory: the promises of an outbox about its queue, without file and ledger. */
export interface MemoryQueue extends DeliveryQueue {
  /** Queues a message after those of its contact; returns its id. */
  add(contactId: string, nowMs?: number): string;
  /** The ids that were taken and not settled. */
  readonly taken: ReadonlySet<string>;
  /** All that was settled, in order. */
  readonly settled: readonly Outcome[];
  /** The number of outcomes of each commit. */
  readonly commits: readonly number[];
  /** Makes only claims of this epoch count from now on. */
  fence(epoch: bigint): void;
}

/** Creates a queue. @param hasEverAccepted true: as if the target had accepted a message before */
export function createMemoryQueue({ hasEverAccepted = true } = {}): MemoryQueue {
  const states = createQueueStates();
  const queues = new Map<string, ContactQueue>();
  const queueOf = new Map<string, ContactQueue>();
  const taken = new Set<string>();
  const settled: Outcome[] = [];
  const commits: number[] = [];
  let [hasAccepted, added] = [hasEverAccepted, 0];
  let epoch: bigint | null = null;

  const check = (claim: Claim) => {
    if (epoch === null || claim.epoch === epoch) return;
    throw new SinkError('TEST_FENCED', 'Fenced off.', { verdict: 'fenced', outcome: 'not-committed' });
  };
  const settle = (outcome: Outcome) => {
    const queue = queueOf.get(outcome.id);
    if (queue?.messages[0]?.id !== outcome.id) throw new Error(`${outcome.id} is not the first of its contact`);
    settled.push(outcome);
    taken.delete(outcome.id);
    states.leave(queue);
    if (settleHead(queue, outcome) === 'left') queueOf.delete(outcome.id);
    if (queue.messages.length > 0) states.enter(queue);
    else queues.delete(queue.contactId);
    hasAccepted ||= outcome.outcome === 'accepted';
  };

  const settleAll = (outcomes: readonly Outcome[]) => {
    if (outcomes.length > 0) commits.push(outcomes.length);
    for (const outcome of outcomes) settle(outcome);
  };

  return {
    taken,
    settled,
    commits,
    add(contactId, nowMs = 0) {
      const known = queues.get(contactId);
      const queue = known ?? newQueue(contactId);
      const id = `msg_${++added}`;
      queue.messages.push({ id, queuedMs: nowMs, attempts: 0, allAttempts: 0 });
      queues.set(contactId, queue);
      queueOf.set(id, queue);
      if (!known) states.enter(queue);
      return id;
    },
    fence: (newEpoch) => {
      epoch = newEpoch;
    },
    async take(claim, { limit, nowMs, except, ended = [], retries = { atMost: limit, atLeast: 0 } }) {
      check(claim);
      settleAll(ended);
      states.free(claim.epoch);
      const mayGo = ({ contactId }: ContactQueue) => !except?.has(contactId);
      const first = states.ready(mayGo, limit);
      const again = states.due(nowMs, mayGo, Math.min(limit, retries.atMost));
      const kept = Math.min(again.length, Math.max(retries.atLeast, limit - first.length));
      return [...first.slice(0, limit - kept), ...again.slice(0, kept)].map((queue) => {
        states.take(queue, claim.epoch);
        const message = messageOf(queue);
        taken.add(message.id);
        return message;
      });
    },
    settle: async (claim, outcomes) => {
      check(claim);
      settleAll(outcomes);
    },
    replay: async () => 'absent',
    async backlog(): Promise<Backlog> {
      const [oldest] = queueOf.values();
      const oldestMs = oldest?.messages[0]?.queuedMs ?? null;
      return { messages: queueOf.size, contacts: queues.size, oldestMs, dueMs: states.nextMs() };
    },
    async clockSet(claim, byMs) {
      check(claim);
      for (const queue of queues.values()) {
        if (queue.dueMs !== null) queue.dueMs += byMs;
        if (queue.failingSinceMs !== null) queue.failingSinceMs += byMs;
      }
    },
    obey: async () => NO_ACTS,
    hasAccepted: async () => hasAccepted,
  };
}

const NO_ACTS: Obeyed = { pausing: null, finished: null, isMore: false };

function newQueue(contactId: string): ContactQueue {
  return { contactId, messages: [], dueMs: null, failingSinceMs: null };
}

/** Settles the first message of a contact after an attempt: it has left the queue, or stays. */
function settleHead(queue: ContactQueue, outcome: Outcome): 'left' | 'stays' {
  const [head] = queue.messages;
  if (outcome.outcome === 'postponed') {
    const { dueMs } = outcome;
    if (dueMs !== null) queue.dueMs = Math.max(dueMs, queue.dueMs ?? dueMs);
    return 'stays';
  }
  if (outcome.outcome === 'failed') {
    queue.dueMs = outcome.dueMs;
    queue.failingSinceMs ??= outcome.failure.atMs;
    if (head) head.attempts += 1;
    return 'stays';
  }
  queue.failingSinceMs = outcome.outcome === 'accepted' ? null : (queue.failingSinceMs ?? outcome.failure.atMs);
  queue.messages.shift();
  queue.dueMs = queue.failingSinceMs;
  return 'left';
}

function messageOf({ contactId, messages, failingSinceMs, dueMs }: ContactQueue): TakenMessage {
  const [head] = messages;
  if (!head) throw new Error('A queue has no message.');
  const { id, attempts } = head;
  const allAttempts = ++head.allAttempts;
  const body = { contact: { $id: contactId }, transaction: { id: contactId, message: id } };
  return {
    id,
    contactId,
    attempt: attempts + 1,
    ...body,
    state: 'new',
    failingSinceMs,
    isRetry: dueMs !== null,
    allAttempts,
  };
}
