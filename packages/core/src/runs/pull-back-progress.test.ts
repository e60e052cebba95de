import { expect, it } from 'vitest';
import type { Progress } from '../contract/index.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import type { RunEvent } from '../observe/run-events.js';
import { pullBackProgress } from './pull-back-progress.js';
import type { ReadingSession } from './session.js';

const NOW = '2026-03-01T12:00:00.000Z';
const LATER = '2026-03-09T12:00:00.000Z';
const EARLIER = '2026-02-27T12:00:00.000Z';

/** The parts of a session that the check uses. */
function sessionWith(recorded: Progress) {
  const reported: RunEvent[] = [];
  const progress = {
    current: recorded,
    async commit(change: (progress: Progress) => Progress) {
      progress.current = change(progress.current);
    },
  };
  const api = { now: () => Date.parse(NOW), isAhead: (instant: string) => instant > NOW };
  const session = { api, progress, observe: (event: RunEvent) => void reported.push(event) };
  return { session: session as unknown as ReadingSession, progress, reported };
}

it('R4 leaves progress alone that no clock contradicts', async () => {
  const recorded = { ...NO_PROGRESS, since: EARLIER, eventsUntil: NOW };
  const { session, progress, reported } = sessionWith(recorded);
  await pullBackProgress(session);
  expect(progress.current).toBe(recorded);
  expect(reported).toEqual([]);
});

it('R4 pulls marks of the future back, and tells what each was', async () => {
  const { session, progress, reported } = sessionWith({ ...NO_PROGRESS, since: EARLIER, eventsUntil: LATER });
  await pullBackProgress(session);
  expect(Date.parse(progress.current.eventsUntil ?? '')).toBeLessThanOrEqual(Date.parse(NOW));
  expect(reported).toEqual([expect.objectContaining({ code: 'PROGRESS_AHEAD', level: 'warn' })]);
  expect(reported[0]).toMatchObject({ message: expect.stringContaining(`eventsUntil ${LATER}`) });
  expect(reported[0]).not.toMatchObject({ message: expect.stringContaining('Give --since') });
});

it('R4 asks for the start of the copy where it was in the future itself', async () => {
  const { session, reported } = sessionWith({ ...NO_PROGRESS, since: LATER, eventsUntil: LATER });
  await pullBackProgress(session);
  expect(reported[0]).toMatchObject({ message: expect.stringContaining('Give --since') });
});
