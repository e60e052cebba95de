import type { Backlog, DeliveryQueue, Outcome, TakenMessage } from '@dbsync/core';
import { type Claim, SinkError } from '@dbsync/core/contract';

/** A queue of deliveries in memory: what an outbox promises of its queue, without file and ledger. */
export interface MemoryQueue extends DeliveryQueue {
  /** Queues a message behind those of its contact; answers its id. */
  add(contactId: string, nowMs?: number): string;
  /** Ids that were taken and not settled. */
  readonly taken: ReadonlySet<string>;
  /** All that was settled, in order. */
  readonly settled: readonly Outcome[];
  /** How many outcomes each commit had. */
  readonly commits: readonly number[];
  /** From now on only claims of this epoch count. */
  fence(epoch: bigint): void;
}

interface Waiting {
  readonly id: string;
  readonly queuedMs: number;
  attempts: number;
}

interface Line {
  readonly contactId: string;
  readonly messages: Waiting[];
  takenBy: bigint | null;
  dueMs: number;
  failingSinceMs: number | null;
}

/** @param hasEverAccepted as if the target had accepted a message before */
export function createMemoryQueue({ hasEverAccepted = true } = {}): MemoryQueue {
  /** Whoever was put back, or has a new head, goes to the end. */
  const lines = new Map<string, Line>();
  const lineOf = new Map<string, Line>();
  const taken = new Set<string>();
  const settled: Outcome[] = [];
  const commits: number[] = [];
  let hasAccepted = hasEverAccepted;
  let epoch: bigint | null = null;
  let added = 0;

  const check = (claim: Claim) => {
    if (epoch === null || claim.epoch === epoch) return;
    throw new SinkError('TEST_FENCED', 'Fenced off.', { verdict: 'fenced', outcome: 'not-committed' });
  };
  const settle = (outcome: Outcome) => {
    const line = lineOf.get(outcome.id);
    if (line?.messages[0]?.id !== outcome.id) throw new Error(`${outcome.id} is not the first of its contact`);
    const { contactId } = line;
    settled.push(outcome);
    taken.delete(outcome.id);
    lines.delete(contactId);
    if (settleHead(line, outcome) === 'left') lineOf.delete(outcome.id);
    if (line.messages.length > 0) lines.set(contactId, line);
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
      const line = lines.get(contactId) ?? newLine(contactId, nowMs);
      const id = `msg_${++added}`;
      line.messages.push({ id, queuedMs: nowMs, attempts: 0 });
      lines.set(contactId, line);
      lineOf.set(id, line);
      return id;
    },
    fence(newEpoch) {
      epoch = newEpoch;
    },
    async take(claim, { limit, nowMs, except, ended = [] }) {
      check(claim);
      settleAll(ended);
      const found: TakenMessage[] = [];
      for (const [contactId, line] of lines) {
        if (found.length >= limit) break;
        if (line.takenBy === claim.epoch || line.dueMs > nowMs || except?.has(contactId)) continue;
        line.takenBy = claim.epoch;
        found.push(messageOf(line));
      }
      for (const { id } of found) taken.add(id);
      return found;
    },
    async settle(claim, outcomes) {
      check(claim);
      settleAll(outcomes);
    },
    replay: async () => 'absent',
    async backlog(): Promise<Backlog> {
      const waiting = [...lines.values()];
      const free = waiting.filter(({ takenBy }) => takenBy === null);
      return {
        messages: lineOf.size,
        contacts: lines.size,
        oldestMs: earliest(waiting.map(({ messages }) => messages[0]?.queuedMs ?? 0)),
        dueMs: earliest(free.map(({ dueMs }) => dueMs)),
      };
    },
    async clockSet(claim, byMs) {
      check(claim);
      for (const line of lines.values()) {
        line.dueMs += byMs;
        if (line.failingSinceMs !== null) line.failingSinceMs += byMs;
      }
    },
    hasAccepted: async () => hasAccepted,
  };
}

function newLine(contactId: string, nowMs: number): Line {
  return { contactId, messages: [], takenBy: null, dueMs: nowMs, failingSinceMs: null };
}

/** What the end of an attempt makes of the line: its head has left it, or stays. */
function settleHead(line: Line, outcome: Outcome): 'left' | 'stays' {
  const [head] = line.messages;
  line.takenBy = null;
  if (outcome.outcome === 'failed' || outcome.outcome === 'postponed') {
    line.dueMs = outcome.dueMs;
    if (outcome.outcome === 'postponed') return 'stays';
    line.failingSinceMs ??= outcome.failure.atMs;
    if (head) head.attempts += 1;
    return 'stays';
  }
  line.failingSinceMs = outcome.outcome === 'accepted' ? null : (line.failingSinceMs ?? outcome.failure.atMs);
  line.messages.shift();
  line.dueMs = line.messages[0]?.queuedMs ?? 0;
  return 'left';
}

function messageOf({ contactId, messages, failingSinceMs }: Line): TakenMessage {
  const [head] = messages;
  if (!head) throw new Error('A line has no message.');
  const { id, attempts } = head;
  const body = { contact: { $id: contactId }, transaction: { id: contactId, message: id } };
  return { id, contactId, attempt: attempts + 1, ...body, state: 'new', failingSinceMs };
}

function earliest(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.min(...instants);
}
