import { inTurnOfNode, runPromises } from './virtual-globals.ts';

/**
 * True time of one simulated world. It stands still while anything can run, then jumps to the next instant at which
 * something is due. It knows all that can run: timers and turns of the event loop go through it, and promises have run out
 * whenever the event loop of Node has turned once.
 */
export interface VirtualTime {
  /** Milliseconds since the world began. */
  readonly nowMs: number;
  /** Steps taken so far: each fires one timer, or all turns that were asked for. */
  readonly steps: number;
  /** Calls `fire` at that instant. The returned function cancels it. */
  at(instantMs: number, fire: () => void): () => void;
  /** Calls `fire` before any time passes, after all that can run now. */
  soon(fire: () => void): void;
  /** Lets time pass up to this instant. Throws a {@link StuckError} where it cannot. */
  runUntil(instantMs: number): Promise<void>;
  /** Lets no time pass until the returned function is called: work is under way that only Node itself knows of. */
  hold(): () => void;
}

/** The error for work that runs on and on, while no time passes. */
export class StuckError extends Error {}

/** The number of steps at one instant that counts as an endless loop. */
const MOST_STEPS_AT_ONCE = 200_000;

interface Timer {
  readonly atMs: number;
  readonly nr: number;
  fire: (() => void) | null;
}

export function createVirtualTime(): VirtualTime {
  const timers = createTimerHeap();
  let soon: (() => void)[] = [];
  let nowMs = 0;
  let steps = 0;
  let nr = 0;
  let holds = 0;
  let turnsAtOnce = 0;
  let timersAtOnce = 0;

  const runSoon = () => {
    const due = soon;
    soon = [];
    for (const fire of due) fire();
  };
  /** Runs all that can run now. False where a turn of Node's event loop comes first. */
  const drain = (): boolean => {
    runPromises();
    while (soon.length > 0 || holds > 0) {
      steps += 1;
      turnsAtOnce += 1;
      if (turnsAtOnce > MOST_STEPS_AT_ONCE)
        throw new StuckError('Turns of the event loop follow one another without end.');
      runSoon();
      if (holds > 0) return false;
      runPromises();
    }
    turnsAtOnce = 0;
    return true;
  };
  /** Lets time pass up to this instant, or up to work that only a turn of Node's event loop ends: false. */
  const passUntil = (instantMs: number): boolean => {
    if (!drain()) return false;
    for (let next = timers.peek(); next && next.atMs <= instantMs; next = timers.peek()) {
      timers.pop();
      if (next.fire === null) continue;
      timersAtOnce = next.atMs === nowMs ? timersAtOnce + 1 : 0;
      if (timersAtOnce > MOST_STEPS_AT_ONCE)
        throw new StuckError('Timers of no length follow one another without end.');
      nowMs = next.atMs;
      steps += 1;
      next.fire();
      if (!drain()) return false;
    }
    nowMs = instantMs;
    return true;
  };

  return {
    get nowMs() {
      return nowMs;
    },
    get steps() {
      return steps;
    },
    at(instantMs, fire) {
      const timer: Timer = { atMs: Math.max(nowMs, Number.isNaN(instantMs) ? nowMs : instantMs), nr: nr++, fire };
      timers.push(timer);
      return () => {
        timer.fire = null;
      };
    },
    soon: (fire) => void soon.push(fire),
    async runUntil(instantMs) {
      timersAtOnce = 0;
      while (!(await inTurnOfNode(() => passUntil(instantMs))));
    },
    hold() {
      holds += 1;
      return () => {
        holds -= 1;
      };
    },
  };
}

interface TimerHeap {
  push(timer: Timer): void;
  peek(): Timer | undefined;
  pop(): void;
}

/** Creates a heap: the earliest timer first; of one instant, in the order of the requests. */
function createTimerHeap(): TimerHeap {
  const heap: Timer[] = [];
  const isBefore = (a: Timer, b: Timer) => a.atMs < b.atMs || (a.atMs === b.atMs && a.nr < b.nr);
  const at = (index: number) => heap[index] as Timer;

  const sink = (timer: Timer) => {
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(at(child + 1), at(child))) child += 1;
      if (!isBefore(at(child), timer)) break;
      heap[index] = at(child);
      index = child;
    }
    heap[index] = timer;
  };

  return {
    push(timer) {
      let index = heap.length;
      heap.push(timer);
      while (index > 0) {
        const parent = (index - 1) >> 1;
        if (!isBefore(timer, at(parent))) break;
        heap[index] = at(parent);
        index = parent;
      }
      heap[index] = timer;
    },
    peek: () => heap[0],
    pop() {
      const last = heap.pop();
      if (last && heap.length > 0) sink(last);
    },
  };
}
