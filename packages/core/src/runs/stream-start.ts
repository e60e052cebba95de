import { NO_PROGRESS } from '../discover/watermark.js';
import type { ProgressKeeper } from './progress-keeper.js';

/**
 * The time at which a stream without progress begins (R28): the start of this process. All that happens from then on belongs to
 * the stream, also if the API or the store gives no answer for hours. Where an earlier claim had progress, and it is lost, the
 * stream begins at the first claim after that.
 */
export interface StreamStart {
  /** Call at each claim. Returns the monotonic time at which the stream begins if it is new. */
  claimed(claimedMs: number): number;
  /** Follows the progress of the newest claim. */
  follow(keeper: Pick<ProgressKeeper, 'current'>): void;
}

/** @param startedMs the start of this process, by the monotonic clock */
export function createStreamStart(startedMs: number): StreamStart {
  let newSinceMs = startedMs;
  let last: Pick<ProgressKeeper, 'current'> | null = null;
  return {
    claimed(claimedMs) {
      if (last !== null && last.current !== NO_PROGRESS) newSinceMs = claimedMs;
      last = null;
      return newSinceMs;
    },
    follow(keeper) {
      last = keeper;
    },
  };
}
