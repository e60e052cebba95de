import { createSteadyWall, type SteadyWall } from '../../concurrency/steady-wall.js';

/**
 * The clock of a claim's beats. It begins with the wall clock at the claim, continues by the monotonic one, and follows a
 * wall clock that was set only with the instants of messages, in the same commit. So a later claim finds by the last beat how
 * far the instants are from the wall clock, also where a process beats after the clock was set, and ends before it moves them.
 */
export interface BeatClock {
  /** Returns the wall clock, from which the beats of this holder are counted. */
  begin(holder: string): number;
  now(holder: string): number;
  /** Moves the clock of the holder, if the commit under way succeeds. */
  move(holder: string, byMs: number): void;
  /** Called when the commit under way has ended. */
  ended(isCommitted: boolean): void;
}

/** Creates the clock of a process. @param monotonic milliseconds of a clock that is never set */
export function createBeatClock(monotonic: () => number): BeatClock {
  /** The last claim of the process. */
  let last: { readonly holder: string; readonly wall: SteadyWall } | null = null;
  let pendingMs = 0;

  return {
    begin(holder) {
      last = { holder, wall: createSteadyWall({ now: Date.now, monotonic }) };
      return last.wall.now();
    },
    now: (holder) => (holder === last?.holder ? last.wall.now() + pendingMs : Date.now()),
    move(holder, byMs) {
      if (holder === last?.holder) pendingMs += byMs;
    },
    ended(isCommitted) {
      if (isCommitted) last?.wall.follow(pendingMs);
      pendingMs = 0;
    },
  };
}
