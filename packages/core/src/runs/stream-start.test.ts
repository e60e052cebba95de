import { expect, it } from 'vitest';
import { NO_PROGRESS } from '../discover/watermark.js';
import { createStreamStart } from './stream-start.js';

const SOME_PROGRESS = { ...NO_PROGRESS, since: '2026-03-02T12:00:00.000Z' };

it('R28 a new stream begins at the start of the process, over all claims that find no progress', () => {
  const start = createStreamStart(1_000);
  expect(start.claimed(2_000)).toBe(1_000);
  start.follow({ current: NO_PROGRESS });
  expect(start.claimed(3_000)).toBe(1_000);
});

it('R28 a stream whose progress is lost begins at the first claim after that', () => {
  const start = createStreamStart(1_000);
  start.claimed(2_000);
  const keeper = { current: NO_PROGRESS };
  start.follow(keeper);
  keeper.current = SOME_PROGRESS;
  expect([start.claimed(3_000), start.claimed(4_000)]).toEqual([3_000, 3_000]);
});

it('R28 a stream that another process held while this one stood by begins at the claim', () => {
  const start = createStreamStart(1_000);
  start.heldByAnother();
  expect(start.claimed(3_000)).toBe(3_000);
  start.follow({ current: NO_PROGRESS });
  expect(start.claimed(4_000)).toBe(3_000);
});
