import type { Observer, ProgressEvent } from '@dbsync/core';
import type { Output } from '../terminal/output.js';
import { printableLine } from '../terminal/printable.js';
import { type Progress, progressBar, progressText } from '../terminal/progress-bar.js';
import { summaryLines } from '../terminal/summary.js';
import { eventLine } from './event-line.js';

export interface ConsoleReporterOptions {
  readonly output: Output;
  readonly daemon: boolean;
  /** The log is on the console as well: only the summary is missing there. */
  readonly verbose: boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A terminal is redrawn at most that often; elsewhere a line is enough. */
const REDRAW_MS = 100;
const LINE_MS = 5_000;
/** What a cycle of a daemon copies is told by the line of the cycle. */
const WORTH_A_BAR = 1_000;

/** Shows a run to whoever looks on: a bar on a terminal, plain lines in a pipe, a summary at the end. */
export function createConsoleReporter({ output, daemon, verbose, now }: ConsoleReporterOptions): Observer {
  let startedMs = now();
  let shownMs = Number.NEGATIVE_INFINITY;

  const showProgress = (event: ProgressEvent) => {
    if (daemon && (event.of ?? 0) < WORTH_A_BAR) return;
    const atMs = now();
    const complete = event.done === event.of;
    if (!complete && atMs - shownMs < (output.isTerminal ? REDRAW_MS : LINE_MS)) return;
    shownMs = atMs;
    const progress = progressOf(event, atMs - startedMs);
    if (output.isTerminal) output.draw(progressBar(progress, output.columns));
    else output.line(progressText(progress));
  };

  return (event) => {
    if (event.type === 'stopped') return output.line(summaryLines(event.summary).join('\n'));
    if (verbose) return;
    if (event.type === 'listed') startedMs = now();
    if (event.type === 'progress') return showProgress(event);
    const { level, text } = eventLine(event, { daemon });
    if (level !== 'debug') output.line(printableLine(text));
  };
}

function progressOf({ done, of, totals }: ProgressEvent, elapsedMs: number): Progress {
  return { done, of, rows: totals.rowsInserted + totals.rowsUpdated, elapsedMs };
}
