import type { Observer, ProgressEvent, RunEvent } from '@dbsync/core';
import { createExplainOnce } from '../terminal/explained.js';
import type { Output } from '../terminal/output.js';
import { printableLine } from '../terminal/printable.js';
import { type Progress, progressBar, progressText } from '../terminal/progress-bar.js';
import { summaryLines } from '../terminal/summary.js';
import { logLine } from './log-line.js';

export interface ConsoleReporterOptions {
  readonly output: Output;
  readonly daemon: boolean;
  /** True: the log is on the console as well, and only the summary is missing there. */
  readonly verbose: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

type SurveyEvent = Extract<RunEvent, { type: 'survey' | 'building' }>;

/** The shortest time between two redraws of a terminal. */
const REDRAW_MS = 100;
/**
 * Without a terminal a line is due when that much more is done, a second apart at least, and after half a minute
 * anyway.
 */
const LINE_SHARE = 0.05;
const LINE_MIN_MS = 1_000;
const LINE_MAX_MS = 30_000;
/**
 * The most dead letters that are shown of a cycle, or of a run without cycles: with faulty data of the API there are
 * hundreds.
 */
const DEAD_LETTERS_SHOWN = 10;
/** Smaller copies of a daemon are reported by the line of the cycle. */
const WORTH_A_BAR = 1_000;

/** Shows a run on the console: a bar on a terminal, plain lines in a pipe, a summary at the end. */
export function createConsoleReporter({ output, daemon, verbose, now }: ConsoleReporterOptions): Observer {
  let startedMs = now();
  let shown = { atMs: Number.NEGATIVE_INFINITY, done: 0 };
  /** The time of the last report of a listing's progress. */
  let quietSinceMs = startedMs;
  let deadLetters = 0;
  const explainOnce = createExplainOnce(output.language);

  const isDue = ({ done, of }: ProgressEvent, atMs: number) => {
    const sinceMs = atMs - shown.atMs;
    if (done === of) return true;
    if (output.isTerminal) return sinceMs >= REDRAW_MS;
    return sinceMs >= LINE_MAX_MS || (of !== null && sinceMs >= LINE_MIN_MS && done - shown.done >= of * LINE_SHARE);
  };

  const showProgress = (event: ProgressEvent) => {
    if (daemon && (event.of ?? 0) < WORTH_A_BAR) return;
    const atMs = now();
    if (!isDue(event, atMs)) return;
    shown = { atMs, done: event.done };
    quietSinceMs = atMs;
    const progress = progressOf(event, atMs - startedMs);
    if (output.isTerminal) output.draw(progressBar(progress, output.columns));
    else output.line(progressText(progress));
  };

  const showSurvey = (event: SurveyEvent) => {
    const atMs = now();
    if (event.type === 'survey' && event.contacts === 0) quietSinceMs = atMs;
    if (atMs - quietSinceMs < (output.isTerminal ? REDRAW_MS : LINE_MAX_MS)) return;
    quietSinceMs = atMs;
    const { text } = logLine(event, { daemon });
    if (output.isTerminal) output.draw(text);
    else output.line(text);
  };

  /** Explains each code once a run in the language of the reader: its further lines follow one another closely. */
  const firstExplained = (event: RunEvent, text: string): string => {
    if (!('code' in event)) return text;
    const message = event.type === 'notice' ? printableLine(event.message) : text;
    return explainOnce(event.code, message) ?? text;
  };

  return (event) => {
    if (event.type === 'stopped') return output.line(summaryLines(event.summary).join('\n'));
    if (verbose) return;
    if (event.type === 'listed') {
      startedMs = now();
      quietSinceMs = startedMs;
      // A daemon mostly finds that little of a listing must be fetched, so its first line waits for enough progress.
      shown = { atMs: daemon ? startedMs : Number.NEGATIVE_INFINITY, done: 0 };
    }
    if (event.type === 'progress') return showProgress(event);
    if (event.type === 'survey' || event.type === 'building') return showSurvey(event);
    if (event.type === 'cycle') deadLetters = 0;
    if (event.type === 'dead-letter' && ++deadLetters > DEAD_LETTERS_SHOWN) {
      if (deadLetters === DEAD_LETTERS_SHOWN + 1) output.line(MORE_DEAD_LETTERS);
      return;
    }
    const { level, text } = logLine(event, { daemon });
    if (level !== 'debug') output.line(firstExplained(event, printableLine(text)));
  };
}

const MORE_DEAD_LETTERS = 'More dead letters follow: the log and dbsync dead-letters list show all of them.';

function progressOf({ part, done, of, totals }: ProgressEvent, elapsedMs: number): Progress {
  const what = part === 'inbound' ? 'inbound calls' : 'contacts';
  return { what, done, of, rows: totals.rowsInserted + totals.rowsUpdated, elapsedMs };
}
