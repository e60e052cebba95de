import { isSinkError } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { Observer } from '../observe/run-events.js';
import type { Clock } from './clock.js';
import { isLouder, type Loudness, loudnessOf, type WaitKind } from './wait-report.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** If an error that the sink does not know repeats for this long without progress, it ends the run (R34). */
const LASTS_MS = 10 * MINUTE_MS;
/** The smallest number of failures of one piece of work that can end the run, however far apart they are. */
const LEAST_FAILURES = 3;
/** A wait also counts as over if work was done and nothing has failed for this long. */
const QUIET_MS = 5 * MINUTE_MS;
/** Work that has not failed for this long is forgotten: another job may have done it, so it is not tried again. */
const FORGOTTEN_MS = HOUR_MS;
/** Limits the remembered pieces of work. One batch has fewer. */
const MAX_REMEMBERED = 10_000;

/**
 * Remembers which work at the store is failing, from its first failure to its own success. The success of other work
 * ends no wait: a claim, or a commit of other rows, does not show that the rows that cannot be written are well. So the
 * log lines about a lasting error get a higher level with time, and an error that the sink does not know ends the run
 * (R34).
 */
export interface StoreTrouble {
  /**
   * Records the failure, and logs it if it needs a line.
   *
   * @param work names of the work, such as `contact A1` or `claim`
   * @throws DbsyncError `STORE_ERROR_LASTS` if the sink does not know the error, and it has repeated for ten minutes
   */
  failed(work: readonly string[], error: unknown): void;
  /**
   * Records that the work succeeded.
   *
   * @param isWork whether rows or progress were committed or read; false for a claim or a login
   */
  succeeded(work: readonly string[], isWork: boolean): void;
}

interface FailingWork {
  failures: number;
  readonly sinceMs: number;
  lastMs: number;
  /** The number of failures with an error that the sink does not know. */
  unclassified: number;
  /** The value of `spentMs`, the time that unclassified errors have taken, at the first failure of this work. */
  readonly spentMs: number;
}

export function createStoreTrouble(clock: Clock, observe: Observer): StoreTrouble {
  const failing = new Map<string, FailingWork>();
  let reported: Loudness | null = null;
  let waitSinceMs: number | null = null;
  let lastFailureMs = 0;
  let warnedOfUnclassified = false;
  /**
   * The time between an unclassified error and the next failure, summed over all of them. Time in an outage does not
   * count.
   */
  let spentMs = 0;
  let unclassifiedAtMs: number | null = null;

  const record = (work: readonly string[], nowMs: number, isUnclassified: boolean): FailingWork => {
    let worst: FailingWork = { failures: 0, sinceMs: nowMs, lastMs: nowMs, unclassified: 0, spentMs };
    for (const name of work) {
      const known = failing.get(name) ?? { failures: 0, sinceMs: nowMs, lastMs: nowMs, unclassified: 0, spentMs };
      known.failures += 1;
      known.lastMs = nowMs;
      if (isUnclassified) known.unclassified += 1;
      if (failing.size < MAX_REMEMBERED) failing.set(name, known);
      if (known.failures > worst.failures) worst = known;
    }
    return worst;
  };

  const over = (nowMs: number) => {
    const wasReported = reported !== null && reported.level !== 'debug';
    if (wasReported && waitSinceMs !== null) observe({ type: 'recovered', for: 'store', afterMs: nowMs - waitSinceMs });
    reported = waitSinceMs = null;
    warnedOfUnclassified = false;
  };

  return {
    failed(work, error) {
      const nowMs = clock.monotonic();
      const isUnclassified = !isSinkError(error) || error.isUnclassified;
      if (unclassifiedAtMs !== null) spentMs += nowMs - unclassifiedAtMs;
      unclassifiedAtMs = isUnclassified ? nowMs : null;
      lastFailureMs = nowMs;
      const worst = record(work, nowMs, isUnclassified);
      waitSinceMs = Math.min(waitSinceMs ?? nowMs, worst.sinceMs);

      const repeats = isUnclassified && worst.unclassified >= 2;
      if (repeats && worst.unclassified >= LEAST_FAILURES && spentMs - worst.spentMs >= LASTS_MS) {
        throw lasting(error, worst, nowMs);
      }
      const due = loudnessOf(nowMs - worst.sinceMs, kindOf(error));
      const isFirstRepeat = repeats && !warnedOfUnclassified;
      if (!isFirstRepeat && !isLouder(due, reported)) return;
      warnedOfUnclassified ||= repeats;
      reported = isFirstRepeat && due.level !== 'error' ? { ...due, level: 'warn' } : due;
      const message = repeats ? `${messageOf(error)}. ${ENDS_SOON}` : messageOf(error);
      const line = { level: reported.level, waitedMs: nowMs - worst.sinceMs, attempt: worst.failures };
      observe({ type: 'waiting', for: 'store', code: codeOf(error), message, ...line });
    },
    succeeded(work, isWork) {
      if (failing.size === 0 && reported === null) return;
      const nowMs = clock.monotonic();
      for (const name of work) failing.delete(name);
      if (!isWork) return;
      for (const [name, { lastMs }] of failing) if (nowMs - lastMs >= FORGOTTEN_MS) failing.delete(name);
      if (failing.size === 0 || nowMs - lastFailureMs >= QUIET_MS) over(nowMs);
    },
  };
}

const ENDS_SOON =
  'dbsync does not know this error. It came twice for the same work, and dbsync repeats the work until it succeeds. If one contact or call alone cannot be written, it becomes a dead letter. If nothing can be written, this run ends after ten minutes';

function lasting(error: unknown, { unclassified, sinceMs }: FailingWork, nowMs: number): DbsyncError {
  const minutes = Math.floor((nowMs - sinceMs) / MINUTE_MS);
  const message =
    `${codeOf(error)}: ${messageOf(error)}. dbsync does not know this error. It came ${unclassified} times in ${minutes} minutes ` +
    'for the same work, which never succeeded. Remove its cause, then start dbsync again: it continues where it was';
  return new DbsyncError('STORE_ERROR_LASTS', message, { cause: error });
}

/**
 * Returns how loud the wait is logged. A retryable failure that committed nothing is mostly a deadlock, which succeeds
 * when repeated once.
 */
function kindOf(error: unknown): WaitKind {
  if (!isSinkError(error)) return 'usual';
  if (error.isOutOfSpace) return 'urgent';
  const { verdict, outcome, connectionLost } = error;
  return verdict === 'retryable' && outcome === 'not-committed' && !connectionLost ? 'momentary' : 'usual';
}

function codeOf(error: unknown): string {
  return isSinkError(error) ? error.code : 'STORE_FAILED';
}

/** Returns the message without its final full stop. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
