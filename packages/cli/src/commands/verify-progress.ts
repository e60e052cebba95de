import { systemClock } from '@dbsync/core';
import type { VerifyProgress } from '@dbsync/core/cli-kit';
import { formatCount, formatCounted, formatDuration, perSecond } from '../terminal/figures.js';
import type { Output } from '../terminal/output.js';

/** The time between two lines, where there is no terminal. */
const LINE_EVERY_MS = 10_000;
const WAIT_LINE_EVERY_MS = 60_000;

/** Shows the progress of a comparison on stderr: redrawn on a terminal, else a line now and then. */
export function createVerifyProgress(stderr: Output): (progress: VerifyProgress) => void {
  let startedMs = systemClock.monotonic();
  let shownMs = startedMs;
  let step: VerifyProgress['step'] = 'compare';
  return (progress) => {
    const nowMs = systemClock.monotonic();
    const beginsToWait = progress.step === 'wait' && step !== 'wait';
    if (progress.step !== step) startedMs = nowMs;
    step = progress.step;
    const text = verifyProgressText(progress, nowMs - startedMs);
    if (stderr.isTerminal) return stderr.draw(text);
    if (nowMs - shownMs < (step === 'wait' ? WAIT_LINE_EVERY_MS : LINE_EVERY_MS) && !beginsToWait) return;
    shownMs = nowMs;
    stderr.line(text);
  };
}

const COMPARED: Readonly<Record<Exclude<VerifyProgress['step'], 'confirm' | 'wait'>, string>> = {
  compare: 'contacts compared',
  calls: 'inbound calls compared',
  cells: 'contacts compared cell by cell',
};

/** `12,000 of about 100,000 contacts compared, 9,100 a second, 9.7 s left`; `elapsedMs`: since the step began */
export function verifyProgressText({ step, done, of }: VerifyProgress, elapsedMs: number): string {
  if (step === 'wait') {
    const waited = formatDuration(elapsedMs);
    return `${formatCounted(done, 'difference')}, waiting for the running process to read on: ${waited} of at most 10 min`;
  }
  if (step === 'confirm') return `${formatCount(done)} differences are looked at again`;
  const rate = `${formatCount(perSecond(done, elapsedMs))} a second`;
  if (of === null || of < done || done === 0) return `${formatCount(done)} ${COMPARED[step]}, ${rate}`;
  const left = formatDuration((elapsedMs * (of - done)) / done);
  return `${formatCount(done)} of about ${formatCount(of)} ${COMPARED[step]}, ${rate}, ${left} left`;
}
