import { type Fields, fieldOf } from '../contract/index.js';
import { createRecentMap } from './recent-map.js';

const MAX_CALLS = 20_000;

/** Notices when two inbound calls, which began at different times, come under one id. */
export interface CallTwins {
  /** The times of both where an earlier call of this id began at another one; else null. Tells it once for each id. */
  twinOf(id: string, call: Fields): readonly [first: string, second: string] | null;
}

/** Remembers the calls of one claim: 20,000 to 40,000 of them, the newest. */
export function createCallTwins(): CallTwins {
  /** When each call began; null: it was told as a twin. */
  const times = createRecentMap<string | null>(MAX_CALLS);
  return {
    twinOf(id, call) {
      const time = fieldOf(call, 'call_time');
      if (typeof time !== 'string') return null;
      const known = times.get(id);
      const isTwin = typeof known === 'string' && known !== time;
      if (known !== null) times.set(id, isTwin ? null : time);
      return isTwin ? [known, time] : null;
    },
  };
}
