import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import type { ReadingSession } from './session.js';
import { createUnfilledReminder, filledIn } from './unfilled-copy.js';

const SINCE = '2026-03-01T00:00:00.000Z';

it('reminds once a day of a copy that begins now, until it is filled in', () => {
  let nowMs = Date.parse('2026-03-01T10:00:00.000Z');
  const progress: { current: Progress } = { current: { ...NO_PROGRESS, since: SINCE, unfilled: true } };
  const remind = createUnfilledReminder({ api: { now: () => nowMs }, progress } as unknown as ReadingSession);
  expect([remind(), remind()]).toEqual([SINCE, null]);
  nowMs += 86_400_000;
  expect(remind()).toBe(SINCE);
  progress.current = filledIn(progress.current);
  nowMs += 86_400_000;
  expect(remind()).toBeNull();
});
