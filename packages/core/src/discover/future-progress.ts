import type { Progress } from '../contract/index.js';

/**
 * Returns the progress without instants from the future (R4). A wrong clock wrote them, and it is unknown what was
 * missed since then. So each mark falls back to an instant before which everything was certainly covered:
 * - `since`: now, since the true beginning is lost;
 * - `fullyListedFrom`: null, so a complete listing is due at once;
 * - `listedFrom`: the last complete listing, if md5s prove that it covered everything, else `since`;
 * - `eventsUntil`: now, since the listing from `listedFrom` on fetches the contacts of earlier events;
 * - `inboundUntil`: null, so calls are read from `since` on; a back-fill begins its calls again.
 *
 * @returns the same object if no instant is from the future
 */
export function withoutFuture(progress: Progress, now: string, isAhead: (instant: string) => boolean): Progress {
  const isFuture = (mark: string | null) => mark !== null && isAhead(mark);
  const { since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil, backfill } = progress;
  const instants = [since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil, backfill?.from, backfill?.cursor];
  if (!instants.some((instant) => isFuture(instant ?? null))) return progress;
  const begin = isFuture(since) ? now : since;
  const lastComplete = isFuture(fullyListedFrom) ? null : fullyListedFrom;
  const certain = (progress.md5Proves ? lastComplete : null) ?? begin;
  return {
    ...progress,
    since: begin,
    eventsUntil: isFuture(eventsUntil) ? now : eventsUntil,
    listedFrom: isFuture(listedFrom) ? certain : listedFrom,
    fullyListedFrom: lastComplete,
    inboundUntil: isFuture(inboundUntil) ? null : inboundUntil,
    backfill: backfill && {
      from: isFuture(backfill.from) ? now : backfill.from,
      cursor: isFuture(backfill.cursor) ? null : backfill.cursor,
    },
  };
}
