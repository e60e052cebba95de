import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ATTEMPT_SCHEDULE, MAX_ATTEMPTS, parseAttemptSchedule, pauseMs } from './attempt-schedule.js';

const HOUR_MS = 3_600_000;

describe('the schedule of attempts', () => {
  it('is ten attempts over 75 hours by default', () => {
    const pauses = Array.from({ length: MAX_ATTEMPTS }, (_, nr) => pauseMs(DEFAULT_ATTEMPT_SCHEDULE, nr + 1, () => 0));
    expect(pauses[0]).toBe(5_000);
    expect(pauses.at(-1)).toBeNull();
    expect(pauses.filter((ms) => ms !== null)).toHaveLength(9);
    expect(pauses.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) / HOUR_MS).toBeCloseTo(75.6, 1);
  });

  it('makes each pause up to a tenth longer, never shorter', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const shortest = DEFAULT_ATTEMPT_SCHEDULE.pausesMs[attempt - 1] ?? 0;
          const ms = pauseMs(DEFAULT_ATTEMPT_SCHEDULE, attempt, () => random) ?? 0;
          expect(ms).toBeGreaterThanOrEqual(shortest);
          expect(ms).toBeLessThanOrEqual(Math.ceil(shortest * 1.1));
        },
      ),
    );
  });

  it.each([
    ['5s,1m,1h', [5_000, 60_000, HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS, HOUR_MS]],
    ['0.2s..2s', [200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000, 2_000]],
    [' 250ms , 1.5m ', [250, 90_000, 90_000, 90_000, 90_000, 90_000, 90_000, 90_000, 90_000]],
    ['1d', Array.from({ length: 9 }, () => 24 * HOUR_MS)],
    ['1s..1s', Array.from({ length: 9 }, () => 1_000)],
  ])('reads %s', (text, pausesMs) => {
    expect(parseAttemptSchedule(text).pausesMs).toEqual(pausesMs);
  });

  it('gives a contact 75 hours, or as long as ten attempts take', () => {
    expect(parseAttemptSchedule('0.2s..2s').giveUpAfterMs).toBe(75 * HOUR_MS);
    expect(parseAttemptSchedule('1d').giveUpAfterMs).toBe(9 * 24 * HOUR_MS);
  });

  it.each([
    ['', '"" is no duration'],
    ['5', '"5" is no duration: write a number with ms, s, m, h or d, such as 30s'],
    ['5s,,1m', '"" is no duration'],
    ['5 weeks', '"5 weeks" is no duration'],
    ['-5s', '"-5s" is no duration'],
    ['1e3s', '"1e3s" is no duration'],
    ['0s', '"0s" is not between 1ms and 7d'],
    ['8d', '"8d" is not between 1ms and 7d'],
    ['2s..0.2s', 'it begins with a longer pause than it ends with: write 0.2s..2s'],
    ['1s..2s..3s', 'a range has two ends'],
    ['1s..2s,3s', 'a range has two ends'],
    ['1s..', '"" is no duration'],
    ['1s,2s,3s,4s,5s,6s,7s,8s,9s,10s', 'there are 10 attempts, so at most 9 pauses between them'],
  ])('refuses %j and says why', (text, why) => {
    expect(() => parseAttemptSchedule(text)).toThrow(why);
    expect(() => parseAttemptSchedule(text)).toThrow(expect.objectContaining({ code: 'DELIVERY_BACKOFF_INVALID' }));
  });
});
