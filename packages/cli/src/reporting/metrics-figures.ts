import type { BacklogEvent, BreakerState, Observer, RunEvent, RunTotals } from '@dbsync/core';
import { NO_TOTALS } from '@dbsync/core/cli-kit';

/** The part that a run waits for. */
export type Awaited = Extract<RunEvent, { type: 'waiting' }>['for'];

/** The present figures of a run, computed from its events; times grow while no event comes. */
export interface RunFigures {
  readonly observe: Observer;
  /** none: not yet, or no more. */
  readonly claim: 'none' | 'held' | 'standby';
  readonly isStopping: boolean;
  /** The totals as of the last commit or cycle. */
  readonly totals: RunTotals;
  /**
   * An upper bound of the copy's lag: the lag at the end of the last cycle, and all the time since. null: not known.
   */
  readonly lagMs: number | null;
  /** The time since the last cycle that ended under a claim of this process; null: none did. */
  readonly sinceCycleMs: number | null;
  readonly sinceListingMs: number | null;
  /** True where the run has reported that the copy is further behind than allowed. */
  readonly isBehind: boolean;
  /** The waiting deliveries, as last reported; null: not known. */
  readonly backlog: Backlog | null;
  /** Returns whether deliveries go out; null: not known. */
  breaker(): Breaker | null;
  /** Returns how long an error has lasted; 0: the run waits for nothing. */
  waitingMs(target: Awaited): number;
  /** Forgets a run that has ended, before the next one of its campaign in this process. The totals stay until its first. */
  startOver(): void;
}

/** The waiting deliveries. The oldest message ages while no event comes. */
export interface Backlog extends Pick<BacklogEvent, 'messages' | 'contacts'> {
  /** The age of the oldest message; 0: none waits. */
  readonly oldestMs: number;
}

/** The circuit breaker of deliveries. The time to the next try passes while no event comes. */
export interface Breaker {
  readonly state: BreakerState;
  /** The time to the next try; 0: it is due, or nothing holds deliveries back. */
  readonly nextTryInMs: number;
}

/** Creates the figures. @param now monotonic milliseconds */
export function createRunFigures(now: () => number): RunFigures {
  let claim: RunFigures['claim'] = 'none';
  let isStopping = false;
  let isBehind = false;
  let totals = NO_TOTALS;
  let lag: { readonly ms: number; readonly atMs: number } | null = null;
  let [cycleEndedMs, listingEndedMs]: [number | null, number | null] = [null, null];
  const backlog = createSeenBacklog(now);
  const breaker = createSeenBreaker(now);
  const waitingSinceMs = new Map<Awaited, number>();
  const since = (instantMs: number | null) => (instantMs === null ? null : now() - instantMs);

  const observe: Observer = (event) => {
    if ('totals' in event) totals = event.totals;
    isBehind = isBehindAfter(event, isBehind);
    breaker.observe(event);
    backlog.observe(event);
    if (isAnswerOfStore(event)) waitingSinceMs.delete('store');
    if (event.type === 'recovered') waitingSinceMs.delete(event.for);
    isStopping ||= event.type === 'stopping';
    switch (event.type) {
      case 'claimed':
        claim = 'held';
        break;
      case 'standby':
        claim = 'standby';
        lag = cycleEndedMs = listingEndedMs = null;
        break;
      case 'cycle':
        cycleEndedMs = now();
        lag = event.lagMs === null ? null : { ms: event.lagMs, atMs: cycleEndedMs };
        break;
      case 'part-done':
        if (event.part === 'listing') listingEndedMs = now();
        break;
      case 'waiting':
        if (event.level !== 'debug') waitingSinceMs.set(event.for, now() - event.waitedMs);
        break;
      case 'stopped':
        claim = 'none';
        totals = event.summary.totals;
        waitingSinceMs.clear();
    }
  };

  return {
    observe,
    get claim() {
      return claim;
    },
    get isStopping() {
      return isStopping;
    },
    get isBehind() {
      return isBehind;
    },
    get totals() {
      return totals;
    },
    get lagMs() {
      return lag && lag.ms + now() - lag.atMs;
    },
    get sinceCycleMs() {
      return since(cycleEndedMs);
    },
    get sinceListingMs() {
      return since(listingEndedMs);
    },
    get backlog() {
      return backlog.current();
    },
    breaker: breaker.current,
    waitingMs: (target) => since(waitingSinceMs.get(target) ?? null) ?? 0,
    startOver() {
      claim = 'none';
      isStopping = isBehind = false;
      lag = cycleEndedMs = listingEndedMs = null;
      waitingSinceMs.clear();
      breaker.forget();
      backlog.forget();
    },
  };
}

function createSeenBacklog(now: () => number) {
  let lastBacklog: { readonly backlog: BacklogEvent; readonly atMs: number } | null = null;
  return {
    observe(event: RunEvent) {
      if (event.type === 'backlog') lastBacklog = { backlog: event, atMs: now() };
      if (event.type === 'standby') lastBacklog = null;
    },
    forget() {
      lastBacklog = null;
    },
    current(): Backlog | null {
      if (lastBacklog === null) return null;
      const { messages, contacts, oldestMs } = lastBacklog.backlog;
      return { messages, contacts, oldestMs: oldestMs === null ? 0 : oldestMs + now() - lastBacklog.atMs };
    },
  };
}

function createSeenBreaker(now: () => number) {
  let seen: { readonly state: BreakerState; readonly nextTryMs: number } | null = null;
  return {
    observe(event: RunEvent) {
      if (event.type === 'breaker') seen = { state: event.state, nextTryMs: now() + (event.nextTryInMs ?? 0) };
      if (event.type === 'standby') seen = null;
    },
    forget() {
      seen = null;
    },
    current: (): Breaker | null => seen && { state: seen.state, nextTryInMs: Math.max(0, seen.nextTryMs - now()) },
  };
}

/** True where the copy is behind after the event. A process that stands by is not behind: another one copies. */
function isBehindAfter({ type }: RunEvent, wasBehind: boolean): boolean {
  if (type === 'behind') return true;
  return type === 'caught-up' || type === 'standby' ? false : wasBehind;
}

/** True for events that follow a short wait for the store, which ends without `recovered`. */
function isAnswerOfStore({ type }: RunEvent): boolean {
  return type === 'claimed' || type === 'standby' || type === 'progress' || type === 'cycle';
}
