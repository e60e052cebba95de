import type { BacklogEvent, BreakerState, Observer, RunEvent, RunTotals } from '@dbsync/core';
import { NO_TOTALS } from '@dbsync/core/cli-kit';

/** What a run waits for. */
export type Awaited = Extract<RunEvent, { type: 'waiting' }>['for'];

/** What the events of a run amount to at this moment; spans of time grow while no event comes. */
export interface RunFigures {
  readonly observe: Observer;
  /** none: not yet, or no more. */
  readonly claim: 'none' | 'held' | 'standby';
  readonly isStopping: boolean;
  /** As of the last commit or cycle. */
  readonly totals: RunTotals;
  /** How far the copy may be behind: the lag as the last cycle ended, and all the time since. null: not known. */
  readonly lagMs: number | null;
  /** Since the last one was completed under a claim of ours; null: none was. */
  readonly sinceCycleMs: number | null;
  readonly sinceListingMs: number | null;
  /** The run has told that the copy is further behind than it may be. */
  readonly isBehind: boolean;
  /** What waits to be delivered, as it was last told; null: not known. */
  readonly backlog: Backlog | null;
  /** Whether deliveries go out; null: not known. */
  breaker(): Breaker | null;
  /** How long an error has been in the way; 0: nothing is waited for. */
  waitingMs(target: Awaited): number;
}

/** How much waits to be delivered. The oldest message ages while no event comes. */
export interface Backlog extends Pick<BacklogEvent, 'messages' | 'contacts'> {
  /** 0: none waits. */
  readonly oldestMs: number;
}

/** The circuit breaker of deliveries. The time to the next try passes while no event comes. */
export interface Breaker {
  readonly state: BreakerState;
  /** 0: it is due, or nothing holds deliveries back. */
  readonly nextTryInMs: number;
}

/** @param now monotonic milliseconds */
export function createRunFigures(now: () => number): RunFigures {
  let claim: RunFigures['claim'] = 'none';
  let isStopping = false;
  let isBehind = false;
  let totals = NO_TOTALS;
  let lag: { readonly ms: number; readonly atMs: number } | null = null;
  let [cycleEndedMs, listingEndedMs]: [number | null, number | null] = [null, null];
  let told: { readonly backlog: BacklogEvent; readonly atMs: number } | null = null;
  const breaker = createSeenBreaker(now);
  const waitingSinceMs = new Map<Awaited, number>();
  const since = (instantMs: number | null) => (instantMs === null ? null : now() - instantMs);

  const observe: Observer = (event) => {
    if ('totals' in event) totals = event.totals;
    isBehind = isBehindAfter(event, isBehind);
    breaker.observe(event);
    if (isAnswerOfStore(event)) waitingSinceMs.delete('store');
    switch (event.type) {
      case 'claimed':
        claim = 'held';
        break;
      case 'standby':
        claim = 'standby';
        lag = cycleEndedMs = listingEndedMs = told = null;
        break;
      case 'cycle':
        cycleEndedMs = now();
        lag = event.lagMs === null ? null : { ms: event.lagMs, atMs: cycleEndedMs };
        break;
      case 'part-done':
        if (event.part === 'listing') listingEndedMs = now();
        break;
      case 'backlog':
        told = { backlog: event, atMs: now() };
        break;
      case 'waiting':
        if (event.level !== 'debug') waitingSinceMs.set(event.for, now() - event.waitedMs);
        break;
      case 'recovered':
        waitingSinceMs.delete(event.for);
        break;
      case 'stopping':
        isStopping = true;
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
      if (told === null) return null;
      const { messages, contacts, oldestMs } = told.backlog;
      return { messages, contacts, oldestMs: oldestMs === null ? 0 : oldestMs + now() - told.atMs };
    },
    breaker: breaker.current,
    waitingMs: (target) => since(waitingSinceMs.get(target) ?? null) ?? 0,
  };
}

function createSeenBreaker(now: () => number) {
  let seen: { readonly state: BreakerState; readonly nextTryMs: number } | null = null;
  return {
    observe(event: RunEvent) {
      if (event.type === 'breaker') seen = { state: event.state, nextTryMs: now() + (event.nextTryInMs ?? 0) };
      if (event.type === 'standby') seen = null;
    },
    current: (): Breaker | null => seen && { state: seen.state, nextTryInMs: Math.max(0, seen.nextTryMs - now()) },
  };
}

/** A process that stands by is not behind: another one copies. */
function isBehindAfter({ type }: RunEvent, wasBehind: boolean): boolean {
  if (type === 'behind') return true;
  return type === 'caught-up' || type === 'standby' ? false : wasBehind;
}

/** A short wait for the store is not followed by `recovered`, but by one of these. */
function isAnswerOfStore({ type }: RunEvent): boolean {
  return type === 'claimed' || type === 'standby' || type === 'progress' || type === 'cycle';
}
