/** A message that waits in the memory queue. */
export interface Waiting {
  readonly id: string;
  readonly queuedMs: number;
  attempts: number;
  /** The attempts that were begun, counted or not. */
  allAttempts: number;
}

/** The messages of one contact. */
export interface ContactQueue {
  readonly contactId: string;
  readonly messages: Waiting[];
  /** Null: at once, since no attempt failed. */
  dueMs: number | null;
  failingSinceMs: number | null;
}

/** Keeps the state of each contact's messages: ready, waiting for their time, or taken. */
export function createQueueStates() {
  const ready = new Set<ContactQueue>();
  /** Waiting contacts by the time that they are due. */
  const waiting: ContactQueue[] = [];
  const taken = new Map<ContactQueue, bigint>();

  const indexFor = (dueMs: number) => {
    let [from, to] = [0, waiting.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((waiting[middle]?.dueMs ?? 0) <= dueMs) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const enter = (queue: ContactQueue) => {
    const { dueMs } = queue;
    if (dueMs === null) return void ready.add(queue);
    waiting.splice(indexFor(dueMs), 0, queue);
  };
  const leave = (queue: ContactQueue) => {
    if (ready.delete(queue) || taken.delete(queue)) return;
    const index = waiting.indexOf(queue);
    if (index >= 0) waiting.splice(index, 1);
  };
  return {
    enter,
    leave,
    take(queue: ContactQueue, epoch: bigint) {
      leave(queue);
      taken.set(queue, epoch);
    },
    /** Frees what an earlier claim took. */
    free(epoch: bigint) {
      for (const [queue, by] of taken) {
        if (by === epoch) continue;
        taken.delete(queue);
        enter(queue);
      }
    },
    ready: (mayGo: (queue: ContactQueue) => boolean, limit: number) =>
      ready.values().filter(mayGo).take(limit).toArray(),
    due(nowMs: number, mayGo: (queue: ContactQueue) => boolean, limit: number): readonly ContactQueue[] {
      const found: ContactQueue[] = [];
      for (const queue of waiting) {
        if ((queue.dueMs ?? 0) > nowMs || found.length >= limit) break;
        if (mayGo(queue)) found.push(queue);
      }
      return found;
    },
    /** Returns the time at which the next one may be taken; null: none waits. */
    nextMs: () => (ready.size > 0 ? 0 : (waiting[0]?.dueMs ?? null)),
  };
}
