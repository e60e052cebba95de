import { describe, expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { withoutFuture } from './future-progress.js';
import { NO_PROGRESS } from './watermark.js';

const [EARLY, PAST, NOW, FUTURE] = ['2026-01-01', '2026-03-01', '2026-03-02', '2026-03-12'].map(
  (day) => `${day}T00:00:00.000Z`,
) as [string, string, string, string];
const corrected = (progress: Partial<Progress>) =>
  withoutFuture({ ...NO_PROGRESS, ...progress }, NOW, (instant) => instant > NOW);

describe('R4 progress from the future', () => {
  it('R4 stays as it is where nothing of it is from the future', () => {
    const progress = { ...NO_PROGRESS, since: EARLY, eventsUntil: NOW, listedFrom: PAST };
    expect(withoutFuture(progress, NOW, (instant) => instant > NOW)).toBe(progress);
  });

  it('R4 begins now where all of it is from the future, and lists everything', () => {
    const future = {
      since: FUTURE,
      eventsUntil: FUTURE,
      listedFrom: FUTURE,
      inboundUntil: FUTURE,
      fullyListedFrom: FUTURE,
    };
    expect(corrected(future)).toMatchObject({
      since: NOW,
      eventsUntil: NOW,
      listedFrom: NOW,
      fullyListedFrom: null,
      inboundUntil: null,
    });
  });

  it('R4 lists again from the last complete listing, where md5s proved that it covered everything', () => {
    const marks = { since: EARLY, listedFrom: FUTURE, fullyListedFrom: PAST };
    expect(corrected(marks)).toMatchObject({ since: EARLY, listedFrom: PAST, fullyListedFrom: PAST });
    expect(corrected({ ...marks, md5Proves: false })).toMatchObject({ listedFrom: EARLY });
  });

  it('R4 lists everything where no mark is left', () => {
    expect(corrected({ listedFrom: FUTURE, fullyListedFrom: FUTURE })).toMatchObject({ listedFrom: null });
  });

  it('R4 begins the calls of a back-fill again', () => {
    const backfill = { from: EARLY, cursor: FUTURE };
    expect(corrected({ since: EARLY, backfill })).toMatchObject({ backfill: { from: EARLY, cursor: null } });
  });
});
