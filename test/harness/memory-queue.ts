import type { DeliveryQueue } from '@dbsync/core';
import { type Claim, SinkError } from '@dbsync/core/contract';
import type { Backlog, Obeyed, Outcome, TakenMessage } from '../../packages/core/src/outbox/faces/delivery-queue.ts';
import { createLinePlaces, type Line } from './line-places.ts';

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
  const places = createLinePlaces();
  const lines = new Map<string, Line>();
  const lineOf = new Map<string, Line>();
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
    const line = lineOf.get(outcome.id);
    if (line?.messages[0]?.id !== outcome.id) throw new Error(`${outcome.id} is not the first of its contact`);
    settled.push(outcome);
    taken.delete(outcome.id);
    places.leave(line);
    if (settleHead(line, outcome) === 'left') lineOf.delete(outcome.id);
    if (line.messages.length > 0) places.enter(line);
    else lines.delete(line.contactId);
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
      const known = lines.get(contactId);
      const line = known ?? newLine(contactId);
      const id = `msg_${++added}`;
      line.messages.push({ id, queuedMs: nowMs, attempts: 0, allAttempts: 0 });
      lines.set(contactId, line);
      lineOf.set(id, line);
      if (!known) places.enter(line);
      return id;
    },
    fence: (newEpoch) => {
      epoch = newEpoch;
    },
    async take(claim, { limit, nowMs, except, ended = [], retries = { atMost: limit, atLeast: 0 } }) {
      check(claim);
      settleAll(ended);
      places.free(claim.epoch);
      const mayGo = ({ contactId }: Line) => !except?.has(contactId);
      const first = places.ready(mayGo, limit);
      const again = places.due(nowMs, mayGo, Math.min(limit, retries.atMost));
      const kept = Math.min(again.length, Math.max(retries.atLeast, limit - first.length));
      return [...first.slice(0, limit - kept), ...again.slice(0, kept)].map((line) => {
        places.take(line, claim.epoch);
        const message = messageOf(line);
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
      const [oldest] = lineOf.values();
      const oldestMs = oldest?.messages[0]?.queuedMs ?? null;
      return { messages: lineOf.size, contacts: lines.size, oldestMs, dueMs: places.nextMs() };
    },
    async clockSet(claim, byMs) {
      check(claim);
      for (const line of lines.values()) {
        if (line.dueMs !== null) line.dueMs += byMs;
        if (line.failingSinceMs !== null) line.failingSinceMs += byMs;
      }
    },
    obey: async () => NO_ACTS,
    hasAccepted: async () => hasAccepted,
  };
}

const NO_ACTS: Obeyed = { pausing: null, finished: null, isMore: false };

function newLine(contactId: string): Line {
  return { contactId, messages: [], dueMs: null, failingSinceMs: null };
}

/** Settles the first message of a contact after an attempt: it has left the queue, or stays. */
function settleHead(line: Line, outcome: Outcome): 'left' | 'stays' {
  const [head] = line.messages;
  if (outcome.outcome === 'postponed') {
    const { dueMs } = outcome;
    if (dueMs !== null) line.dueMs = Math.max(dueMs, line.dueMs ?? dueMs);
    return 'stays';
  }
  if (outcome.outcome === 'failed') {
    line.dueMs = outcome.dueMs;
    line.failingSinceMs ??= outcome.failure.atMs;
    if (head) head.attempts += 1;
    return 'stays';
  }
  line.failingSinceMs = outcome.outcome === 'accepted' ? null : (line.failingSinceMs ?? outcome.failure.atMs);
  line.messages.shift();
  line.dueMs = line.failingSinceMs;
  return 'left';
}

function messageOf({ contactId, messages, failingSinceMs, dueMs }: Line): TakenMessage {
  const [head] = messages;
  if (!head) throw new Error('A line has no message.');
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
