import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import type { TargetState } from '../outbox/faces/delivery-acts.js';
import type { CircuitBreaker } from './circuit-breaker.js';

/**
 * The state of the target for the outbox. A change is written with the next commit, so it costs no commit of its own.
 */
export interface SeenTarget {
  readonly current: TargetState;
  /** Runs `commit`, and passes it the state if that differs from the state committed last, else undefined. */
  committing<T>(commit: (target: TargetState | undefined) => Promise<T>): Promise<T>;
}

export function createSeenTarget(breaker: CircuitBreaker, clock: Clock, wall: SteadyWall): SeenTarget {
  let last: TargetState | null = null;
  let since: { readonly state: TargetState['state']; readonly ms: number } | null = null;

  const current = (): TargetState => {
    const { pause } = breaker;
    const state = pause === null ? 'up' : pause.because;
    if (since?.state !== state) since = { state, ms: wall.now() };
    const nextTryMs = pause === null ? null : Math.round(wall.now() + pause.nextProbeMs - clock.monotonic());
    return { state, sinceMs: since.ms, nextTryMs };
  };
  const isSame = (a: TargetState, b: TargetState) => a.state === b.state && Math.abs(waitOf(a) - waitOf(b)) < NEAR_MS;
  return {
    get current() {
      return current();
    },
    async committing(commit) {
      const now = current();
      const isKnown = last !== null && isSame(last, now);
      const result = await commit(isKnown ? undefined : now);
      if (!isKnown) last = now;
      return result;
    },
  };
}

/**
 * Two states whose next tries are closer together than this count as the same, since the wall clock and the monotonic
 * clock drift apart a little.
 */
const NEAR_MS = 100;

function waitOf({ nextTryMs }: TargetState): number {
  return nextTryMs ?? 0;
}
