import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createSleepingClock, type SleepingClock } from '../../../../test/harness/clocks/sleeping-clock.ts';
import { behindEvent, cycleEvent, letterEvent } from '../../../../test/harness/command/run-event-samples.ts';
import { type AlertBook, createAlertBook } from './alert-book.js';
import { createAlertMemory } from './alert-memory.js';

const MINUTE_MS = 60_000;
const TROUBLE = { code: 'POSTGRES_FAILED', message: 'Key (phone)=(+49 30 1) exists' };
const WAITING = { type: 'waiting', level: 'error', for: 'store', waitedMs: 600_000, attempt: 9, ...TROUBLE } as const;
const BEHIND = behindEvent(TROUBLE);
const LETTER = letterEvent();
const CYCLE = cycleEvent();

let clock: SleepingClock;
let file: string;

beforeEach(() => {
  clock = createSleepingClock();
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-alerts-'));
  file = join(folder, 'alerts.json');
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** Opens the book as a process does that starts. */
const startedBook = () => createAlertBook(clock, (text) => text, createAlertMemory(file));

/** Delivers all that is due. */
function sentBy(book: AlertBook, options?: { readonly isEnd: boolean }) {
  return book.take(options).map(({ key, alert }) => {
    book.delivered(key);
    return alert;
  });
}

it('reports a process that fails at each start once an hour, and recovered when cycles end again', () => {
  const counts: number[] = [];
  for (let start = 0; start < 121; start++) {
    const book = startedBook();
    book.noteFailure('API_FORBIDDEN', 'The API refuses the token.');
    counts.push(sentBy(book).length + sentBy(book, { isEnd: true }).length);
    clock.pass(MINUTE_MS);
  }
  expect(counts.reduce((sum, count) => sum + count)).toBe(3);
  const book = startedBook();
  book.note({ ...CYCLE, lagMs: null });
  expect(sentBy(book)).toEqual([]);
  book.note(CYCLE);
  expect(sentBy(book)).toMatchObject([{ kind: 'recovered', text: 'dbsync completes cycles again.' }]);
  book.note(CYCLE);
  expect(sentBy(startedBook())).toEqual([]);
});

it('reports the error that ends the process also within the hour of another alert, and what was held back with it', () => {
  const book = startedBook();
  book.note(WAITING);
  book.note(LETTER);
  expect(sentBy(book)).toHaveLength(2);
  book.note(LETTER);
  book.note(LETTER);
  book.noteFailure('POSTGRES_FAILED', 'The database refused.');
  expect(sentBy(book)).toMatchObject([{ kind: 'unable', code: 'POSTGRES_FAILED' }]);
  expect(sentBy(book, { isEnd: true })).toMatchObject([{ kind: 'dead-letter', count: 2 }]);
});

it('sends no message of a driver: the code, the side and how long', () => {
  const book = startedBook();
  book.note(BEHIND);
  book.note(WAITING);
  book.noteFailure('POSTGRES_FAILED', null);
  const texts = sentBy(book).map(({ text }) => text);
  expect(texts).toEqual([
    'COPY_BEHIND: Events are 5 min behind the campaign, more than 3 min. The last error was POSTGRES_FAILED. See the log of dbsync.',
    'dbsync has waited for the database for 10 min: POSTGRES_FAILED. See the log of dbsync.',
    'dbsync has ended: POSTGRES_FAILED. See the log of dbsync.',
  ]);
});

it('sends again rather than not at all where its file cannot be read, and takes no time to come', () => {
  for (const text of ['', '{"sentMs":3}', `{"sentMs":{"late":${clock.now() + 1e9}},"isAlarmed":1}`]) {
    writeFileSync(file, text);
    const book = startedBook();
    book.note(BEHIND);
    expect(sentBy(book)).toHaveLength(1);
  }
});
