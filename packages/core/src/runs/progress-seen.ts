import type { Progress } from '../contract/index.js';
import type { Mark } from '../discover/watermark.js';
import type { ProgressKeeper } from './progress-keeper.js';

/**
 * The newest progress that this process has seen in the store, over all its claims. A store that is behind it was set
 * back: restored from a backup, or made again. The progress in the store counts; this only measures how far it was set
 * back.
 */
export interface ProgressSeen {
  /** Follows the progress of the newest claim. */
  follow(keeper: Pick<ProgressKeeper, 'current'>): void;
  /**
   * Compares stored progress with what was seen. @returns a sentence about the marks that are behind; null: the store
   * is not behind
   */
  setBack(stored: Progress | null): string | null;
}

const MARKS: Readonly<Record<Mark, string>> = {
  eventsUntil: 'events',
  listedFrom: 'listings',
  inboundUntil: 'inbound calls',
};

export function createProgressSeen(): ProgressSeen {
  let newest: Pick<ProgressKeeper, 'current'> | null = null;
  return {
    follow(keeper) {
      newest = keeper;
    },
    setBack(stored) {
      const seen = newest?.current;
      if (seen === undefined) return null;
      const fallen = (Object.keys(MARKS) as Mark[]).flatMap((mark) => {
        const [was, is] = [seen[mark], stored?.[mark] ?? null];
        return was === null || (is !== null && is >= was) ? [] : [`${MARKS[mark]} from ${was} to ${is ?? 'none'}`];
      });
      if (fallen.length === 0) return null;
      if (stored !== null) return `The target was set back: ${fallen.join(', ')}. dbsync reads again from there.`;
      return `The target holds no progress of this campaign any more, and begins as at a first start: ${fallen.join(', ')}.`;
    },
  };
}
