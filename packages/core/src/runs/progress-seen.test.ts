import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import { createProgressSeen } from './progress-seen.js';

const [EARLY, LATE] = ['2026-03-02T08:00:00.000Z', '2026-03-02T09:00:00.000Z'];

function seenWith(progress: Partial<Progress>) {
  const seen = createProgressSeen();
  seen.follow({ current: { ...NO_PROGRESS, ...progress } });
  return seen;
}

it('R10 names each mark that fell, from where to where', () => {
  const seen = seenWith({ eventsUntil: LATE, listedFrom: LATE, inboundUntil: EARLY });
  const stored = { ...NO_PROGRESS, eventsUntil: EARLY, inboundUntil: LATE };
  expect(seen.setBack(stored)).toBe(
    `The target was set back: events from ${LATE} to ${EARLY}, listings from ${LATE} to none. dbsync reads again from there.`,
  );
});

it('R10 tells of a target that has no progress any more', () => {
  expect(seenWith({ eventsUntil: LATE }).setBack(null)).toContain('no progress of this campaign any more');
});

it('R10 says nothing where no mark fell, nor before the first claim', () => {
  expect(seenWith({ eventsUntil: EARLY }).setBack({ ...NO_PROGRESS, eventsUntil: LATE })).toBeNull();
  expect(seenWith({}).setBack(null)).toBeNull();
  expect(createProgressSeen().setBack(null)).toBeNull();
});
