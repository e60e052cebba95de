import type { Job } from '../daemon/cycle-timer.js';
import { DAILY_MS } from '../discover/cadence.js';
import { hourOf, olderCallsStretch } from '../discover/older-calls.js';
import { FIRST_CALLS_MS, readInboundCalls } from './read-inbound.js';
import type { Session } from './session.js';

/** Newer calls are read again each day. */
const WEEK_MS = 7 * DAILY_MS;

/**
 * Reads inbound calls of more than a week ago again, a part each hour, so that calls which another program deleted come
 * back within 30 days (R16b). It does not delay the calls of each interval.
 */
export function olderCallsJob(session: Session): Job {
  const { api, progress, settings } = session;
  let doneHour = hourOf(api.now());
  return {
    isDue: () => settings.delivery === null && progress.current.inboundUntil !== null && hourOf(api.now()) !== doneHour,
    async run() {
      const nowMs = api.now();
      doneHour = hourOf(nowMs);
      const { since } = progress.current;
      const beginMs = since === null ? FIRST_CALLS_MS : Date.parse(since);
      const stretch = olderCallsStretch(nowMs, beginMs, nowMs - WEEK_MS);
      if (stretch !== null) await readInboundCalls(session, { part: 'inbound', ...stretch });
    },
  };
}
