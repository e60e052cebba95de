import { systemClock } from '@dbsync/core';
import type { VerifyProgress } from '@dbsync/core/cli-kit';
import { formatCount, formatDuration, perSecond } from '../terminal/figures.js';
import type { Output } from '../terminal/output.js';

/** The time between two lines, where there is no terminal. */
const LINE_EVERY_MS = 10_000;

/** Shows the progress of a comparison on stderr: redrawn on a terminal, else a line now and then. */
export function createVerifyProgress(stderr: Output): (progress: VerifyProgress) => void {
  const startedMs = systemClock.monotonic();
  let shownMs = startedMs;
  return (progress) => {
    const nowMs = systemClock.monotonic();
    const text = verifyProgressText(progress, nowMs - startedMs);
    if (stderr.isTerminal) return stderr.draw(text);
    if (nowMs - shownMs < LINE_EVERY_MS) return;
    shownMs = nowMs;
    stderr.line(text);
  };
}

/** Writes `12,000 of about 100,000 contacts compared, 9,100 a second, 9.7 s left`. */
export function verifyProgressText({ step, contacts, of }: VerifyProgress, elapsedMs: number): string {
  if (step === 'confirm') return `${formatCount(contacts)} differences are looked at again`;
  const rate = `${formatCount(perSecond(contacts, elapsedMs))} a second`;
  if (of === null || of < contacts || contacts === 0) return `${formatCount(contacts)} contacts compared, ${rate}`;
  const left = formatDuration((elapsedMs * (of - contacts)) / contacts);
  return `${formatCount(contacts)} of about ${formatCount(of)} contacts compared, ${rate}, ${left} left`;
}
