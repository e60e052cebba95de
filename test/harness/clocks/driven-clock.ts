import { setImmediate as nextTurn } from 'node:timers/promises';

/** A clock that stands still until a test lets time pass; then every sleeper wakes at its exact instant. */
export interface DrivenClock {
  now(): number;
  monotonic(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Lets time pass. Each sleeper whose time comes wakes, and does all its work before the next one does. */
  pass(ms: number): Promise<void>;
  /** Makes only the wall clock jump. */
  jump(ms: number): void;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** Enough turns for a woken sleeper to go back to sleep. */
const TURNS = 12;

export function createDrivenClock(startMs = Date.UTC(2026, 2, 2, 12)): DrivenClock {
  const sleepers = new Set<Sleeper>();
  let passedMs = 0;
  let jumpedMs = 0;

  /** Returns all that wake at the next instant at which any sleeper does. */
  const nextSleepers = (untilMs: number): readonly Sleeper[] => {
    const nextMs = Math.min(...Array.from(sleepers, (sleeper) => sleeper.untilMs));
    return nextMs > untilMs ? [] : [...sleepers].filter((sleeper) => sleeper.untilMs <= nextMs);
  };
  const settle = async () => {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
  };

  return {
    now: () => startMs + passedMs + jumpedMs,
    monotonic: () => passedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const leave = () => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', abort);
        };
        const abort = () => {
          leave();
          reject(signal.reason);
        };
        const wake = () => {
          leave();
          resolve();
        };
        const sleeper = { untilMs: passedMs + ms, wake };
        if (signal.aborted) return reject(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        sleepers.add(sleeper);
      }),
    jump(ms) {
      jumpedMs += ms;
    },
    async pass(ms) {
      const untilMs = passedMs + ms;
      await settle();
      for (let next = nextSleepers(untilMs); next.length > 0; next = nextSleepers(untilMs)) {
        for (const { untilMs: instant, wake } of next) {
          passedMs = Math.max(passedMs, instant);
          wake();
        }
        await settle();
      }
      passedMs = untilMs;
    },
  };
}
