import type { Batch, Progress } from '../contract/index.js';
import type { BatchWriter } from '../emit/batch-writer.js';

/**
 * The only owner of a stream's progress. A batch replaces progress whole, so changes are computed and committed one
 * after the other, and count once committed.
 */
export interface ProgressKeeper {
  readonly current: Progress;
  /** Applies the change to the newest progress, and commits it together with the rest of the batch. */
  commit(change: (progress: Progress) => Progress, batch?: Partial<Batch>): Promise<void>;
}

export function createProgressKeeper(recorded: Progress, writer: BatchWriter): ProgressKeeper {
  let current = recorded;
  let last: Promise<void> = Promise.resolve();

  const commitNext = async (change: (progress: Progress) => Progress, batch: Partial<Batch>) => {
    const progress = change(current);
    await writer.write({ ...batch, progress });
    current = progress;
  };

  return {
    get current() {
      return current;
    },
    commit(change, batch = {}) {
      const mine = last.then(() => commitNext(change, batch));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}
