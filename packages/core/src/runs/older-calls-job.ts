import type { Job } from '../daemon/cycle-timer.js';
import { DAILY_MS } from '../discover/cadence.js';
import { hourOf, olderCallsStretch, STRETCHES, type Stretch } from '../discover/older-calls.js';
import { FIRST_CALLS_MS, readInboundCalls } from './read-inbound.js';
import type { Session } from './session.js';

/** Newer calls are read again each day. */
const WEEK_MS = 7 * DAILY_MS;

/** The most stretches that are read in one hour: what was left unread is made up for at twice the pace. */
const STRETCHES_AN_HOUR = 2;

/**
 * Reads inbound calls of more than a week ago again, a part each hour, so that calls which another program deleted come
 * back within 30 days (R16b). A part that could not be read to its end is read again in a later hour. It does not delay
 * the calls of each interval.
 */
export function olderCallsJob(session: Session): Job {
  const { api, progress, settings } = session;
  let doneHour = hourOf(api.now());
  const unread: Stretch[] = [];
  return {
    isDue: () => settings.delivery === null && progress.current.inboundUntil !== null && hourOf(api.now()) !== doneHour,
    async run() {
      const nowMs = api.now();
      doneHour = hourOf(nowMs);
      const { since } = progress.current;
      const beginMs = since === null ? FIRST_CALLS_MS : Date.parse(since);
      const stretch = olderCallsStretch(nowMs, beginMs, nowMs - WEEK_MS);
      if (stretch !== null) unread.push(stretch);
      for (const next of unread.splice(0, STRETCHES_AN_HOUR)) {
        const isWhole = await readInboundCalls(session, { part: 'inbound', ...next });
        if (!isWhole) unread.push(next);
      }
      unread.splice(0, unread.length - STRETCHES);
    },
  };
}
