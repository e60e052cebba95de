import { NO_PROGRESS } from '../discover/watermark.js';
import type { ProgressKeeper } from './progress-keeper.js';

/**
 * The time at which a stream without progress begins (R28): the start of this process. All that happens from then on belongs to
 * the stream, also if the API or the store gives no answer for hours. Where an earlier claim had progress, and it is lost, or
 * another process held the stream meanwhile, the stream begins at the first claim after that.
 */
export interface StreamStart {
  /** Another process held the stream while this one stood by: what happened then was that one's to copy. */
  heldByAnother(): void;
  /** Call at each claim. Returns the monotonic time at which the stream begins if it is new. */
  claimed(claimedMs: number): number;
  /** Follows the progress of the newest claim. */
  follow(keeper: Pick<ProgressKeeper, 'current'>): void;
}

/** @param startedMs the start of this process, by the monotonic clock */
export function createStreamStart(startedMs: number): StreamStart {
  let newSinceMs = startedMs;
  let last: Pick<ProgressKeeper, 'current'> | null = null;
  let wasHeld = false;
  return {
    heldByAnother() {
      wasHeld = true;
    },
    claimed(claimedMs) {
      if (wasHeld || (last !== null && last.current !== NO_PROGRESS)) newSinceMs = claimedMs;
      wasHeld = false;
      last = null;
      return newSinceMs;
    },
    follow(keeper) {
      last = keeper;
    },
  };
}
