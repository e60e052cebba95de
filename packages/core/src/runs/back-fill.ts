import type { Job } from '../daemon/cycle-timer.js';
import { OVERLAP_MS } from '../discover/window.js';
import { readAllInboundCalls } from './read-inbound.js';
import { readWholeListing } from './read-listing.js';
import type { Session } from './session.js';

/**
 * Catches up with an earlier `--since` than the recorded one (R7): lists the changes since then and reads the inbound
 * calls, beside the live cycle. It has its own cursor: first contacts, which resume by what the store has proved; then
 * calls, slice by slice.
 */
export function backfillJob(session: Session): Job {
  const { progress } = session;
  return {
    isDue: () => progress.current.backfill !== null,
    async run() {
      const { backfill } = progress.current;
      if (backfill === null) return;
      const { from, cursor } = backfill;
      const listing = { part: 'backfill', from, daysEarlier: 1, complete: false, insist: true, isFirst: true } as const;
      if (cursor === null) await readWholeListing(session, listing);
      const moveCursor = (until: string) =>
        progress.commit((current) => ({ ...current, backfill: { from, cursor: until } }));
      await readAllInboundCalls(session, {
        part: 'backfill',
        fromMs: cursor === null ? Date.parse(from) : Date.parse(cursor) - OVERLAP_MS,
        onSliceDone: moveCursor,
      });
      await progress.commit((current) => ({ ...current, backfill: null }));
    },
  };
}
