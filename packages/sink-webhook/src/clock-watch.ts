import type { SinkNotice } from '@dbsync/core/contract';
import { httpDateMs } from '@dbsync/core/sink-kit';

/** Receivers that verify signatures refuse those of another time, by the rules of Standard Webhooks. */
const TOLERANCE_MS = 5 * 60_000;

/** Compares the `Date` of an answer with the machine's clock, and notifies once when they are too far apart. */
export function createClockWatch(
  notify: (notice: SinkNotice) => void,
  now: () => number = Date.now,
): (date: string | undefined) => void {
  let isReported = false;
  return (date) => {
    const theirsMs = httpDateMs(date ?? '');
    if (isReported || theirsMs === null) return;
    const aheadMs = now() - theirsMs;
    if (Math.abs(aheadMs) <= TOLERANCE_MS) return;
    isReported = true;
    const minutes = Math.round(Math.abs(aheadMs) / 60_000);
    const message =
      `The clock of this machine is ${minutes} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the receiver. A receiver ` +
      'refuses signatures that are more than 5 minutes old or early, so set the wrong clock right.';
    notify({ level: 'warn', code: 'WEBHOOK_CLOCK_OFF', message });
  };
}
