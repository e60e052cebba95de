import { type Fields, fieldOf } from '../contract/index.js';

const MAX_CALLS = 20_000;

/** Notices when two inbound calls, which began at different times, come under one id. */
export interface CallTwins {
  /** The times of both where an earlier call of this id began at another one; else null. Tells it once for each id. */
  twinOf(id: string, call: Fields): readonly [first: string, second: string] | null;
}

/** Remembers the calls of one claim: 20,000 to 40,000 of them, the newest. */
export function createCallTwins(): CallTwins {
  let newer = new Map<string, string | null>();
  let older = new Map<string, string | null>();
  const remember = (id: string, time: string | null) => {
    newer.set(id, time);
    if (newer.size < MAX_CALLS) return;
    older = newer;
    newer = new Map();
  };
  return {
    twinOf(id, call) {
      const time = fieldOf(call, 'call_time');
      if (typeof time !== 'string') return null;
      const known = newer.has(id) ? newer.get(id) : older.get(id);
      const isTwin = typeof known === 'string' && known !== time;
      if (known !== null) remember(id, isTwin ? null : time);
      return isTwin ? [known, time] : null;
    },
  };
}
