import type { Backoff } from '../concurrency/backoff.js';
import { repeatCall } from '../concurrency/repeat.js';
import { type FillStep, isSinkError, type SinkError } from '../contract/index.js';
import type { Job } from '../daemon/cycle-timer.js';
import { isDue } from '../discover/cadence.js';
import type { StoreSession } from './session.js';

const BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000 };

/** Returns the job that fills fields which got their room after the records, beside all others. */
export function fillJob(session: StoreSession): Job {
  const { settings } = session;
  return {
    isDue: (last, nowMs) => isDue(last, settings.intervalMs, nowMs),
    run: () => fillRecords(session),
  };
}

/**
 * Lets the store fill records until none is left. Takes half of the time at most, so that the copy keeps the other half. A
 * failure delays it, and never ends the copy: the next call continues.
 */
export async function fillRecords(session: StoreSession): Promise<void> {
  const { store, claim, context, deadlines, observe, stop } = session;
  const { filling } = store;
  if (filling === undefined) return;
  const { storeClock } = context;
  const fill = () => deadlines.run('fill', stop, (call) => filling.fill(claim, call));
  const report = createReport(session);
  try {
    for (;;) {
      const startedMs = storeClock.monotonic();
      const step = await repeatCall(fill, { clock: storeClock, backoff: BACKOFF, signal: stop, mayRepeat });
      report(step);
      if (step === null) return;
      await storeClock.sleep(storeClock.monotonic() - startedMs, stop);
    }
  } catch (error) {
    if (!isSinkError(error) || error.connectionLost || error.verdict === 'fenced' || stop.aborted) throw error;
    const message = `Stored records could not be filled further, in fields that got their room later: ${error.message}. The copy goes on, and dbsync tries again.`;
    observe({ type: 'notice', level: 'warn', code: 'RECORDS_NOT_FILLED', message });
  }
}

const TOLD_EVERY_MS = 60_000;

/** Returns a function that reports the first and the last step of each kind of records, and one a minute. Null: there is no more. */
function createReport({ context, observe }: StoreSession): (step: FillStep | null) => void {
  const { storeClock } = context;
  let last: FillStep | null = null;
  let isTold = true;
  let toldMs = 0;
  const tell = (step: FillStep) => {
    observe({ type: 'filling', ...step });
    [isTold, toldMs] = [true, storeClock.monotonic()];
  };
  return (step) => {
    if (last !== null && !isTold && step?.what !== last.what) tell(last);
    if (step === null) return;
    const isNew = step.what !== last?.what;
    [last, isTold] = [step, false];
    if (isNew || storeClock.monotonic() - toldMs >= TOLD_EVERY_MS) tell(step);
  };
}

/** True for a lock or a limit: the same call may succeed a moment later. */
function mayRepeat({ verdict, connectionLost, isUnclassified }: SinkError): boolean {
  return verdict === 'retryable' && !connectionLost && !isUnclassified;
}
