import type { Job } from '../daemon/cycle-timer.js';
import { dailySlotOf } from '../daemon/daily-slot.js';
import { isListingDue } from '../discover/cadence.js';
import type { FieldWatch } from './declare-fields.js';
import type { LagWatch } from './lag-watch.js';
import { pullBackProgress } from './pull-back-progress.js';
import { readListing } from './read-listing.js';
import { createRequestMeter } from './request-meter.js';
import type { Session } from './session.js';
import { isCompleteListingDue } from './start-range.js';

/**
 * Lists changes that events do not show: edits without a transaction, late changes of old transactions, an outage of
 * days.
 */
export function listingJob(session: Session, watch: LagWatch, fields: FieldWatch): Job {
  const { api, claim, progress, context, settings } = session;
  const isSlot = dailySlotOf(settings.campaign);
  let requestMs = 0;
  let isFirst = true;
  let completedMs: number | null = null;

  const isCompleteDue = () => {
    const now = { apiMs: api.now(), monotonicMs: context.clock.monotonic() };
    return isCompleteListingDue(progress.current, claim.plan, completedMs, { now, isSlot });
  };

  return {
    isDue: (last, nowMs) => isListingDue(last, requestMs, nowMs),
    async run() {
      await fields.check(session);
      await pullBackProgress(session);
      const { since, listedFrom } = progress.current;
      // If a complete listing cannot be read to its end, the time of its requests counts too: it is tried again as rarely.
      const meter = createRequestMeter(settings.requestConcurrency);
      if (isCompleteDue()) {
        const startedMs = context.clock.monotonic();
        const all = { from: since, daysEarlier: 1, complete: true, insist: true, isFirst } as const;
        const { isWhole } = await readListing(session, { part: 'listing', ...all, meter });
        isFirst = false;
        if (isWhole) {
          completedMs = startedMs;
          watch.done('listing');
          return;
        }
      }
      // A complete listing that cannot be read to its end delays no change (R2).
      const changes = { from: listedFrom, daysEarlier: 2, complete: false, insist: false, isFirst } as const;
      const { isWhole } = await readListing(session, { part: 'listing', ...changes, meter });
      requestMs = meter.ms;
      isFirst = false;
      if (isWhole) watch.done('listing');
    },
  };
}
