import { type Fields, fieldOf } from '../contract/index.js';
import { createRecentMap } from './recent-map.js';

/** For this long, a call that lost a time counts as an older state of the call. */
const PATIENCE_MS = 5 * 60_000;
const MAX_CALLS = 20_000;
/** Times that a call gets while it lasts, and then keeps. */
const LATE_TIMES = ['connect_time', 'hangup_time'] as const;

/**
 * Distinguishes pages of inbound calls of a replica that lags from newer ones. A call is older if its connect or
 * hang-up time was committed under this claim, and it now comes without that time. It is not written for five minutes;
 * then it is believed.
 */
export interface EndedCalls {
  isOlder(id: string, call: Fields): boolean;
  /** Call when this state of the call has been committed. */
  committed(id: string, call: Fields): void;
}

interface KnownCall {
  /** The number of late times that the committed call had. */
  readonly times: number;
  olderSinceMs: number | null;
}

/** @param nowMs monotonic */
export function createEndedCalls(nowMs: () => number): EndedCalls {
  const calls = createRecentMap<KnownCall>(MAX_CALLS);
  return {
    isOlder(id, call) {
      const known = calls.get(id);
      if (known === undefined || timesOf(call) >= known.times) return false;
      known.olderSinceMs ??= nowMs();
      return nowMs() - known.olderSinceMs < PATIENCE_MS;
    },
    committed(id, call) {
      const times = timesOf(call);
      if (times === 0) calls.delete(id);
      else calls.set(id, { times, olderSinceMs: null });
    },
  };
}

function timesOf(call: Fields): number {
  return LATE_TIMES.filter((name) => isFilled(call, name)).length;
}

function isFilled(call: Fields, name: string): boolean {
  const value = fieldOf(call, name);
  return value !== undefined && value !== null && value !== '';
}
