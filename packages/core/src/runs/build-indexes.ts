import { isSinkError } from '../contract/index.js';
import type { Job } from '../daemon/cycle-timer.js';
import { longBuild } from './long-build.js';
import type { StoreSession } from './session.js';

/** The time until a build that could not be finished is tried again; it doubles up to the longest. */
const AGAIN_MS = { first: 5 * 60_000, longest: 4 * 3_600_000 } as const;

/**
 * Builds the indexes for reports that the target lacks, beside the copy: once under each claim, and again later while some
 * could not be built. No failure of it ends the session.
 */
export function indexJob(session: StoreSession): Job {
  const { store, context } = session;
  let dueMs = Number.NEGATIVE_INFINITY;
  let pauseMs: number = AGAIN_MS.first;
  return {
    isDue: (_last, nowMs) => store.indexing !== undefined && nowMs >= dueMs,
    async run() {
      const isLeft = await buildIndexes(session);
      dueMs = isLeft ? context.clock.monotonic() + pauseMs : Number.POSITIVE_INFINITY;
      pauseMs = Math.min(pauseMs * 2, AGAIN_MS.longest);
    },
  };
}

/** Builds the indexes for reports that the target lacks, at the end of a run that has nothing more to write. */
export async function buildIndexesAtEnd(session: StoreSession): Promise<void> {
  await buildIndexes(session, true);
}

/** Returns whether a later call may be able to build more. */
async function buildIndexes(session: StoreSession, whileIdle = false): Promise<boolean> {
  const { store, observe, stop } = session;
  const { indexing } = store;
  if (indexing === undefined || stop.aborted) return false;
  try {
    const { built, isLeft } = await longBuild(session, (call) => indexing.buildIndexes({ ...call, whileIdle }));
    const message = `Indexes for reports are built: ${built.join(', ')}.`;
    if (built.length > 0) observe({ type: 'notice', level: 'info', code: 'INDEXES_BUILT', message });
    return isLeft;
  } catch (error) {
    // Beside a copy, the calls that write report a lost connection, and the session ends by it.
    if (stop.aborted || (!whileIdle && isSinkError(error) && error.connectionLost)) return true;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `Indexes for reports are not built: ${reason}. The copy is not affected, and dbsync tries again later.`;
    observe({ type: 'notice', level: 'warn', code: 'INDEXES_NOT_BUILT', message });
    return true;
  }
}
