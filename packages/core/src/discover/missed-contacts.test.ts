import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Absence,
  absenceOf,
  isMissed,
  isMissedForADay,
  type ListingStart,
  missedAgain,
  mostMissed,
  noteOf,
} from './missed-contacts.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function listing(ms: number, aheadMs = 0): ListingStart {
  return { mark: `listing at ${ms}`, earliestMs: ms + Math.min(0, aheadMs), latestMs: ms + Math.max(0, aheadMs) };
}

describe('R38 missed contacts', () => {
  const first = missedAgain(null, 'v1', listing(0), null);

  it('R38 are due once two listings lacked them whose starts are a day apart by both clocks', () => {
    expect(isMissedForADay(first)).toBe(false);
    const after = (ms: number, aheadMs = 0) => missedAgain(first, 'v1', listing(ms, aheadMs), 'listing at 0');
    expect(isMissedForADay(after(DAY_MS - 1))).toBe(false);
    expect(isMissedForADay(after(DAY_MS))).toBe(true);
    expect(isMissedForADay(after(DAY_MS, -60_000))).toBe(false);
    const late = missedAgain(null, 'v1', listing(0, 60_000), null);
    expect(isMissedForADay(missedAgain(late, 'v1', listing(DAY_MS), 'listing at 0'))).toBe(false);
  });

  it('R38 begin again after another listing, another version, three days, or a clock that went back', () => {
    const beginsAgain = (absence: Absence) => absence.sinceMs !== first.sinceMs;
    expect(beginsAgain(missedAgain(first, 'v1', listing(DAY_MS), 'listing at 5'))).toBe(true);
    expect(beginsAgain(missedAgain(first, 'v1', listing(DAY_MS), null))).toBe(true);
    expect(beginsAgain(missedAgain(first, 'v2', listing(DAY_MS), 'listing at 0'))).toBe(true);
    expect(beginsAgain(missedAgain(first, 'v1', listing(3 * DAY_MS + 1), 'listing at 0'))).toBe(true);
    expect(beginsAgain(missedAgain(first, 'v1', listing(-HOUR_MS), 'listing at 0'))).toBe(true);
    expect(beginsAgain(missedAgain(first, 'v1', listing(3 * DAY_MS), 'listing at 0'))).toBe(false);
  });

  it('R38 count only while the last complete listing lacked them, at the version that it found', () => {
    expect(isMissed(first, 'v1', 'listing at 0')).toBe(true);
    expect(isMissed(first, 'v1', 'listing at 1')).toBe(false);
    expect(isMissed(first, 'v2', 'listing at 0')).toBe(false);
    expect(isMissed(null, 'v1', 'listing at 0')).toBe(false);
  });

  it('R38 are 5 % at most, or five', () => {
    expect([0, 5, 99, 100, 120, 200, 1_000_000].map(mostMissed)).toEqual([5, 5, 5, 5, 6, 10, 50_000]);
  });

  it('R38 R36 notes are read back as they were, and what is none counts as nothing', () => {
    expect(absenceOf(noteOf(first))).toEqual(first);
    for (const text of [
      '',
      'null',
      '[]',
      '{}',
      '{"sinceMs":"0"}',
      '{"sinceMs":0,"untilMs":1,"mark":2,"version":"v"}',
    ]) {
      expect(absenceOf(text), text).toBe(null);
    }
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => absenceOf(text) === null));
  });
});
