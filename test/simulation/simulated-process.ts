import type { Clock } from '@dbsync/core';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * One process of dbsync, as the world outside sees it. Whatever reaches it from there passes `through`: so a process that is
 * killed never runs again, and one that is frozen goes on where it was, much later.
 */
export interface SimulatedProcess {
  readonly nr: number;
  readonly state: 'alive' | 'frozen' | 'dead';
  readonly clock: Clock;
  /** Since when it runs: its start, or when it thawed. */
  readonly aliveSinceMs: number;
  /** Does the work outside: not before the process lives, and tells its outcome not before it lives either. */
  through<T>(work: () => Promise<T>): Promise<T>;
  /** @param sameHost whether those who come next run on its machine, and so see that it is gone */
  kill(sameHost: boolean): void;
  readonly diedOnSameHost: boolean;
  freeze(): void;
  thaw(): void;
  /** As Linux does it: nothing runs, and the monotonic clock stands still, while the wall clock goes on. `thaw` wakes it. */
  sleep(): void;
}

/** The wall clock of the machine: how far it is from the truth. */
export interface WallClock {
  offsetMs: number;
}

export function createSimulatedProcess(nr: number, time: VirtualTime, wall: WallClock): SimulatedProcess {
  let state: SimulatedProcess['state'] = 'alive';
  let diedOnSameHost = false;
  let aliveSinceMs = time.nowMs;
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
