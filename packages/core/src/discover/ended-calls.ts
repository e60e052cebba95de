import { type Fields, fieldOf } from '../contract/index.js';
import { createRecentMap } from './recent-map.js';

/** How long a call that lost a time is taken for an older state of it. */
const PATIENCE_MS = 5 * 60_000;
const MAX_CALLS = 20_000;
/** Times that come while a call goes on, and stay. */
const LATE_TIMES = ['connect_time', 'hangup_time'] as const;

/**
 * Tells pages of inbound calls of a replica that lags from newer ones: a call whose connect or hang-up time was committed
 * under this claim, and that comes without it, is older. It is not written for five minutes; then it is believed.
 */
export interface EndedCalls {
  isOlder(id: string, call: Fields): boolean;
  /** The call was committed so. */
  committed(id: string, call: Fields): void;
}

interface KnownCall {
  /** How many of the times were there. */
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
