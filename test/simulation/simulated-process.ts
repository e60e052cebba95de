import type { Clock } from '@dbsync/core';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * One process of dbsync, as the outside world sees it. All results from outside pass `through`: so a process that is
 * killed never runs again, and a frozen one continues where it was, much later.
 */
export interface SimulatedProcess {
  readonly nr: number;
  readonly state: 'alive' | 'frozen' | 'dead';
  readonly clock: Clock;
  /** The monotonic time of its start. */
  readonly startedMs: number;
  /** The start of its present run: its start, or the instant when it thawed. */
  readonly aliveSinceMs: number;
  /** Does outside work while the process lives, and returns the result only while it lives. */
  through<T>(work: () => Promise<T>): Promise<T>;
  /** Kills the process. @param sameHost true where later processes run on its machine, and so see that it is gone */
  kill(sameHost: boolean): void;
  readonly diedOnSameHost: boolean;
  freeze(): void;
  thaw(): void;
  /**
   * Sleeps as Linux does: nothing runs, and the monotonic clock stands still, while the wall clock goes on. `thaw`
   * wakes it.
   */
  sleep(): void;
}

/** The wall clock of the machine: its distance from the truth. */
export interface WallClock {
  offsetMs: number;
}

export function createSimulatedProcess(nr: number, time: VirtualTime, wall: WallClock): SimulatedProcess {
  let state: SimulatedProcess['state'] = 'alive';
  let diedOnSameHost = false;
  const startedMs = time.nowMs;
  let aliveSinceMs = startedMs;
  let held: (() => void)[] = [];
  let asleepSinceMs: number | null = null;
  let sleptMs = 0;
  const monotonic = () => (asleepSinceMs ?? time.nowMs) - sleptMs;

  const deliver = (news: () => void) => {
    if (state === 'alive') news();
    else if (state === 'frozen') held.push(news);
  };

  const sleep: Clock['sleep'] = (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const untilMs = monotonic() + ms;
      const wake = () => {
        // Timers stand still while the machine sleeps.
        const leftMs = untilMs - monotonic();
        if (leftMs > 0) {
          callOff = time.at(time.nowMs + leftMs, () => deliver(wake));
          return;
        }
        signal.removeEventListener('abort', abort);
        resolve();
      };
      let callOff = time.at(time.nowMs + ms, () => deliver(wake));
      const abort = () => {
        callOff();
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
    });

  return {
    nr,
    get state() {
      return state;
    },
    startedMs,
    clock: { now: () => WORLD_BEGINS_MS + time.nowMs + wall.offsetMs, monotonic, sleep },
    through: (work) =>
      new Promise((resolve, reject) => {
        deliver(() => {
          work().then(
            (value) => deliver(() => resolve(value)),
            (error: unknown) => deliver(() => reject(error)),
          );
        });
      }),
    get aliveSinceMs() {
      return aliveSinceMs;
    },
    get diedOnSameHost() {
      return diedOnSameHost;
    },
    kill(sameHost) {
      diedOnSameHost = sameHost;
      state = 'dead';
      held = [];
    },
    freeze() {
      if (state === 'alive') state = 'frozen';
    },
    sleep() {
      if (state !== 'alive') return;
      state = 'frozen';
      asleepSinceMs = time.nowMs;
    },
    thaw() {
      if (state !== 'frozen') return;
      if (asleepSinceMs !== null) sleptMs += time.nowMs - asleepSinceMs;
      asleepSinceMs = null;
      state = 'alive';
      aliveSinceMs = time.nowMs;
      const news = held;
      held = [];
      for (const tell of news) tell();
    },
  };
}
