import { expect, it } from 'vitest';
import { systemClock } from '../concurrency/clock.js';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createSemaphore } from '../concurrency/semaphore.js';
import type { Progress } from '../contract/index.js';
import { createKnownLines } from '../discover/known-lines.js';
import { NO_PROGRESS } from '../discover/watermark.js';
import { toInstant } from '../discover/window.js';
import type { EventLine } from '../fetch/event-pages.js';
import { readEvents } from './read-events.js';
import type { Session } from './session.js';

const MINUTE_MS = 60_000;
const { signal } = new AbortController();

/** A session whose API names this number of lines in each window, in pages of a thousand. */
function createSession(nowMs: number, lineCount: number) {
  let progress: Progress = { ...NO_PROGRESS, eventsUntil: toInstant(nowMs - MINUTE_MS) };
  let asked = 0;
  async function* eventPages(): AsyncGenerator<readonly EventLine[]> {
    for (let start = 0; start < lineCount; start += 1_000) {
      yield Array.from({ length: 1_000 }, (_, index) => {
        const contactId = `${start + index}`;
        return { line: `key|md5|${contactId}`, contactId };
      });
    }
  }
  const session = {
    api: { now: () => nowMs, eventPages },
    settings: {},
    reading: { signal },
    knownLines: createKnownLines(),
    store: { readVersions: async () => new Map() },
    deadlines: createLearnedDeadlines(systemClock, MINUTE_MS),
    storeGate: createSemaphore(1),
    stop: signal,
    pipeline: {
      async move(requests: AsyncIterable<unknown>) {
        for await (const _request of requests) asked++;
        return { missing: new Set(), lagging: new Set() };
      },
    },
    progress: {
      get current() {
        return progress;
      },
      async commit(change: (recorded: Progress) => Progress) {
        progress = change(progress);
      },
    },
  };
  return {
    session: session as unknown as Session,
    eventsUntil: () => progress.eventsUntil,
    asked: () => asked,
  };
}

it('R1 passes a change of 300,000 contacts within some minutes, and asks for each of them once', async () => {
  const nowMs = Date.UTC(2026, 2, 2, 12);
  const { session, eventsUntil, asked } = createSession(nowMs, 300_000);
  await readEvents(session, { fromMs: nowMs - 6 * MINUTE_MS, untilMs: null, lines: 'new' });
  expect(eventsUntil()).toBe(toInstant(nowMs));
  expect(asked()).toBe(300_000);
});
