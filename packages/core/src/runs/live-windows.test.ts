import { describe, expect, it } from 'vitest';
import { NO_PROGRESS } from '../discover/watermark.js';
import { eventsFrom, inboundFrom } from './live-windows.js';

const NOW_MS = Date.UTC(2026, 2, 10);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A session whose marks are that old. */
function sessionBehindBy(ms: number, since: string | null = null, nowMs = NOW_MS) {
  const mark = new Date(NOW_MS - ms).toISOString();
  const current = { ...NO_PROGRESS, since, eventsUntil: mark, inboundUntil: mark };
  return { api: { now: () => nowMs }, progress: { current } };
}

describe('where windows begin', () => {
  it('R2 reads the inbound calls of a week before the mark again, also where it is older than that', () => {
    const session = sessionBehindBy(9 * DAY_MS);
    expect(inboundFrom(session, 7 * DAY_MS)).toBe(NOW_MS - 16 * DAY_MS);
  });

  it('R5 reads the events of two hours before the mark again, also where it is older than that', () => {
    expect(eventsFrom(sessionBehindBy(9 * HOUR_MS), 2 * HOUR_MS)).toBe(NOW_MS - 11 * HOUR_MS);
  });

  it('R3 begins before the mark where it looks no further back', () => {
    const session = sessionBehindBy(MINUTE_MS);
    expect(eventsFrom(session, 0)).toBe(NOW_MS - 6 * MINUTE_MS);
    expect(inboundFrom(session, 0)).toBe(NOW_MS - 11 * MINUTE_MS);
  });

  it('R4 counts back from the clock of the API where that was set back behind the mark', () => {
    const session = sessionBehindBy(0, null, NOW_MS - DAY_MS);
    expect(inboundFrom(session, 7 * DAY_MS)).toBe(NOW_MS - 8 * DAY_MS);
  });

  it('begins no earlier than what the user wants', () => {
    const since = new Date(NOW_MS - 10 * DAY_MS).toISOString();
    expect(inboundFrom(sessionBehindBy(9 * DAY_MS, since), 7 * DAY_MS)).toBe(NOW_MS - 10 * DAY_MS);
  });
});
