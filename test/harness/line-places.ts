/** A message that waits in the memory queue. */
export interface Waiting {
  readonly id: string;
  readonly queuedMs: number;
  attempts: number;
  /** The attempts that were begun, counted or not. */
  allAttempts: number;
}

/** The messages of one contact. */
export interface Line {
  readonly contactId: string;
  readonly messages: Waiting[];
  /** Null: at once, since no attempt failed. */
  dueMs: number | null;
  failingSinceMs: number | null;
}

/** Keeps the state of each contact's messages: ready, waiting for their time, or taken. */
export function createLinePlaces() {
  const ready = new Set<Line>();
  /** Waiting contacts by the time that they are due. */
  const waiting: Line[] = [];
  const taken = new Map<Line, bigint>();

  const placeOf = (dueMs: number) => {
    let [from, to] = [0, waiting.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((waiting[middle]?.dueMs ?? 0) <= dueMs) from = middle + 1;
      else to = middle;
    }
    return from;
  };
  const enter = (line: Line) => {
    const { dueMs } = line;
    if (dueMs === null) return void ready.add(line);
    waiting.splice(placeOf(dueMs), 0, line);
  };
  const leave = (line: Line) => {
    if (ready.delete(line) || taken.delete(line)) return;
    const place = waiting.indexOf(line);
    if (place >= 0) waiting.splice(place, 1);
  };
  return {
    enter,
    leave,
    take(line: Line, epoch: bigint) {
      leave(line);
      taken.set(line, epoch);
    },
    /** Frees what an earlier claim took. */
    free(epoch: bigint) {
      for (const [line, by] of taken) {
        if (by === epoch) continue;
        taken.delete(line);
        enter(line);
      }
    },
    ready: (mayGo: (line: Line) => boolean, limit: number) => ready.values().filter(mayGo).take(limit).toArray(),
    due(nowMs: number, mayGo: (line: Line) => boolean, limit: number): readonly Line[] {
      const found: Line[] = [];
      for (const line of waiting) {
        if ((line.dueMs ?? 0) > nowMs || found.length >= limit) break;
        if (mayGo(line)) found.push(line);
      }
      return found;
    },
    /** Returns the time at which the next one may be taken; null: none waits. */
    nextMs: () => (ready.size > 0 ? 0 : (waiting[0]?.dueMs ?? null)),
  };
}
