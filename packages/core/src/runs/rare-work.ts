import { type LastDone, type TwoClocks, WIDE_EVERY_MS } from '../discover/cadence.js';
import type { Session } from './session.js';

/** Work that is due more rarely than the interval. */
export interface RareWork {
  /** Returns whether the work is due now. Work that began and was not done is due again a quarter of an hour later. */
  begin(): boolean;
  /** The work that began last was done whole: its time begins again. */
  done(): void;
}

/** @param isDueNow decides by the time at which the work that was done last began */
export function createRareWork(
  { api, context }: Pick<Session, 'api' | 'context'>,
  isDueNow: (last: LastDone, now: TwoClocks) => boolean,
): RareWork {
  let last: LastDone = { apiMs: null, monotonicMs: null };
  let begun: TwoClocks | null = null;
  return {
    begin() {
      const now = { apiMs: api.now(), monotonicMs: context.clock.monotonic() };
      if (begun !== null && now.monotonicMs - begun.monotonicMs < WIDE_EVERY_MS) return false;
      if (!isDueNow(last, now)) return false;
      begun = now;
      return true;
    },
    done() {
      last = begun ?? last;
      begun = null;
    },
  };
}
