import type { Progress } from '../contract/index.js';
import { withoutFuture } from '../discover/future-progress.js';
import { toInstant } from '../discover/window.js';
import type { ReadingSession } from './session.js';

const MARKS = ['since', 'eventsUntil', 'listedFrom', 'fullyListedFrom', 'inboundUntil'] as const;

/**
 * Pulls back recorded instants that are in the future (R4), and reports what they were. Called at a start, once the
 * API's present time is known, and before each listing, since two clocks that were wrong may be right again: `since` in
 * the future would keep out every event until then.
 */
export async function pullBackProgress({ api, progress, observe }: ReadingSession): Promise<void> {
  const recorded = progress.current;
  const corrected = withoutFuture(recorded, toInstant(api.now()), api.isAhead);
  if (corrected === recorded) return;
  await progress.commit(() => corrected);
  observe({ type: 'notice', level: 'warn', code: 'PROGRESS_AHEAD', message: messageOf(recorded, corrected) });
}

function messageOf(recorded: Progress, corrected: Progress): string {
  const changed = MARKS.filter((mark) => recorded[mark] !== corrected[mark]);
  const changes = changed.map((mark) => `${mark} ${recorded[mark]} is now ${corrected[mark] ?? 'unset'}`);
  const lost = changed.includes('since')
    ? ' Give --since with the time at which this copy began, to fetch all changes since then.'
    : '';
  return `The recorded progress was later than now: ${changes.join(', ')}. dbsync reads the skipped time again.${lost}`;
}
