import { type Fields, fieldOf } from '../contract/index.js';
import { createRecentMap } from './recent-map.js';

const MAX_CALLS = 20_000;

/** Detects two inbound calls that began at different times and have the same id. */
export interface DuplicateCallIds {
  /**
   * Returns the times of both calls if an earlier call of this id began at another time; else null. Reports each id
   * only once.
   */
  duplicateOf(id: string, call: Fields): readonly [first: string, second: string] | null;
}

/** Creates the memory for the calls of one claim: the newest 20,000 to 40,000 of them. */
export function createDuplicateCallIds(): DuplicateCallIds {
  /** The time when each call began; null: the id was reported already. */
  const times = createRecentMap<string | null>(MAX_CALLS);
  return {
    duplicateOf(id, call) {
      const time = fieldOf(call, 'call_time');
      if (typeof time !== 'string') return null;
      const known = times.get(id);
      const isDuplicate = typeof known === 'string' && known !== time;
      if (known !== null) times.set(id, isDuplicate ? null : time);
      return isDuplicate ? [known, time] : null;
    },
  };
}
