import type { Backoff } from '../concurrency/backoff.js';
import { repeatCall } from '../concurrency/repeat.js';
import { type Filling, type FillStep, isSinkError, type SinkError } from '../contract/index.js';
import type { Job } from '../daemon/cycle-timer.js';
import { isDue } from '../discover/cadence.js';
import type { StoreSession } from './session.js';

const BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000 };

/** A lock that other programs hold for longer is reported, and the fill continues later. */
const PATIENCE_MS = 60_000;
/** The longest time until a fill that the target refuses is tried again. */
const LONGEST_PAUSE_MS = 3_600_000;

/** Returns the job that fills fields which got their room after the records, beside all others. */
export function fillJob(session: StoreSession): Job {
  const { intervalMs } = session.settings;
  let pauseMs = intervalMs;
  return {
    isDue: (last, nowMs) => isDue(last, pauseMs, nowMs),
    async run() {
      const isDone = await fillRecords(session);
      pauseMs = isDone ? intervalMs : Math.min(2 * pauseMs, Math.max(intervalMs, LONGEST_PAUSE_MS));
    },
  };
}

/**
 * Lets the store fill records until none is left. Takes half of the time at most, so that the copy keeps the other half. A
 * failure delays it, and never ends the copy: the next call continues. Returns whether it came to its end.
 */
export async function fillRecords(session: StoreSession): Promise<boolean> {
  const { store, observe, stop } = session;
  if (store.filling === undefined) return true;
  const report = createReport(session);
  try {
    for (;;) {
      const { step, tookMs } = await fillPart(session, store.filling);
      report(step);
      if (step === null) return true;
      await session.context.storeClock.sleep(tookMs, stop);
    }
  } catch (error) {
    if (!isSinkError(error) || error.connectionLost || error.verdict === 'fenced' || stop.aborted) throw error;
    const message = `dbsync could not move more values of stored records into the room that their fields got later: ${error.message}. The copy continues, and dbsync tries again.`;
    observe({ type: 'notice', level: 'warn', code: 'RECORDS_NOT_FILLED', message });
    return false;
  }
}

/** Lets the store fill one part, and returns how long the call took that did. Waits for locks for a while. */
async function fillPart(
  { claim, context, deadlines, stop }: StoreSession,
  filling: Filling,
): Promise<{ readonly step: FillStep | null; readonly tookMs: number }> {
  const { storeClock } = context;
  const startedMs = storeClock.monotonic();
  const isPatient = () => storeClock.monotonic() - startedMs < PATIENCE_MS;
  const fill = async () => {
    const beganMs = storeClock.monotonic();
    const step = await deadlines.run('fill', stop, (call) => filling.fill(claim, call));
    return { step, tookMs: storeClock.monotonic() - beganMs };
  };
  const repeat = { clock: storeClock, backoff: BACKOFF, signal: stop };
  return repeatCall(fill, { ...repeat, mayRepeat: (error) => mayRepeat(error) && isPatient() });
}

const REPORT_EVERY_MS = 60_000;

/** Returns a function that reports the first and the last step of each kind of records, and one a minute. Null: there is no more. */
function createReport({ context, observe }: StoreSession): (step: FillStep | null) => void {
  const { storeClock } = context;
  let last: FillStep | null = null;
  let isReported = true;
  let reportedMs = 0;
  const tell = (step: FillStep) => {
    observe({ type: 'filling', ...step });
    [isReported, reportedMs] = [true, storeClock.monotonic()];
  };
  return (step) => {
    if (last !== null && !isReported && step?.what !== last.what) tell(last);
    if (step === null) return;
    const isNew = step.what !== last?.what;
    [last, isReported] = [step, false];
    if (isNew || storeClock.monotonic() - reportedMs >= REPORT_EVERY_MS) tell(step);
  };
}

/** True for a lock or a limit: the same call may succeed a moment later. */
function mayRepeat({ verdict, connectionLost, isUnclassified }: SinkError): boolean {
  return verdict === 'retryable' && !connectionLost && !isUnclassified;
}
