import { withDeadline } from '../concurrency/deadline.js';
import type { StoreSession } from './session.js';
import { afterLostRows, type StreamRows } from './start-range.js';

/**
 * Compares the rows of the store with the progress, once the store has made missing parts again, and before any
 * progress is committed, which would end the store's report. Reports rows that have no progress. Where rows were lost
 * (R16b), takes back the part of progress that relied on them, so that a listing of everything is due at once, also
 * after a restart.
 */
export async function examineRows({
  store,
  claim,
  context,
  progress,
  observe,
  stop,
}: StoreSession): Promise<StreamRows> {
  const read = withDeadline(context.storeClock, claim.leaseMs, stop, (call) => store.readState(claim.stream, call));
  const { hasForeignRows, hasLostRows = false } = await read;
  if (hasForeignRows) {
    const message = `The target holds rows of campaign ${claim.stream} and no progress: all contacts and inbound calls are listed and compared.`;
    observe({ type: 'notice', level: 'warn', code: 'PROGRESS_MISSING', message });
    return 'without progress';
  }
  if (!hasLostRows) return 'as recorded';
  await progress.commit(afterLostRows);
  const message = `Rows of campaign ${claim.stream} were lost: all contacts are listed and fetched again, and all inbound calls.`;
  observe({ type: 'notice', level: 'warn', code: 'ROWS_LOST', message });
  return 'lost';
}
