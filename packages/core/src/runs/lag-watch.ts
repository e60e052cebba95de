import type { Clock } from '../concurrency/clock.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import { lateAfterMs } from '../observe/lateness.js';
import type { Observer, RunEvent, Trouble } from '../observe/run-events.js';
import type { LivePart } from './lag.js';

/** A part of the copy that works in rounds. */
export type WatchedPart = LivePart | 'listing';

/**
 * Reports when the copy falls behind, for any cause: each part by the lag of its watermark, and by the time since its
 * last completed round, which also reveals a wait that reports no error. It outlives claims, so that an outage of the
 * store counts.
 */
export interface LagWatch {
  /** Notes that a session has begun. */
  follow(parts: readonly LivePart[], gauge: LagGauge): void;
  /** Notes that the part has completed a round. */
  done(part: WatchedPart): void;
  /** Notes an event of the run. */
  hear(event: RunEvent): void;
  /** Compares the lag with the allowed one; called with each tick. */
  look(): void;
}

/** Measures how far a session is behind. */
export interface LagGauge {
  /** Returns the lag of a part by the clock of the API; null: not known. */
  lagOf(part: LivePart): number | null;
  /** Returns the trouble where the clocks of API and machine differ by more than this; null: they do not. */
  clocksDiffer(byMs: number): Trouble | null;
}

export interface LagWatchOptions {
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly observe: Observer;
}

/** Twice the longest pause between two listings. */
const LISTING_LATE_MS = 2 * 3_600_000;
/** The copy counts as current again below this share of the allowed lag, so that reports do not alternate. */
const CURRENT_SHARE = 2 / 3;

export function createLagWatch({ intervalMs, clock, observe }: LagWatchOptions): LagWatch {
  const report = createWaitReport();
  const liveLateMs = lateAfterMs(intervalMs);
  const doneMs = new Map<WatchedPart, number>();
  let parts: readonly LivePart[] = ['events'];
  let gauge: LagGauge = { lagOf: () => null, clocksDiffer: () => null };
  let sinceMs = clock.monotonic();
  let isStandingBy = false;
  let isBehind = false;
  let trouble: Trouble | null = null;

  const limitOf = (part: WatchedPart) => (part === 'listing' ? LISTING_LATE_MS : liveLateMs);
  const latenessOf = (part: WatchedPart) => {
    const quietMs = clock.monotonic() - Math.max(sinceMs, doneMs.get(part) ?? sinceMs);
    const lagMs = part === 'listing' ? quietMs : Math.max(quietMs, gauge.lagOf(part) ?? 0);
    return { part, lagMs, share: lagMs / limitOf(part) };
  };
  const worst = () => [...parts, 'listing' as const].map(latenessOf).reduce((a, b) => (b.share > a.share ? b : a));

  const startOver = () => {
    sinceMs = clock.monotonic();
    report.succeeded(sinceMs);
    isBehind = false;
  };

  return {
    follow(followed, ofSession) {
      parts = followed;
      gauge = ofSession;
    },
    done: (part) => void doneMs.set(part, clock.monotonic()),
    hear(event) {
      const isTrouble = event.type === 'waiting' && event.for !== 'endpoint' && event.level !== 'debug';
      if (isTrouble) trouble = { code: event.code, message: event.message };
      if (event.type === 'recovered' && event.for !== 'endpoint') trouble = null;
      if (event.type === 'standby') isStandingBy = true;
      if (event.type === 'claimed' && isStandingBy) {
        isStandingBy = false;
        startOver();
      }
    },
    look() {
      if (isStandingBy) return;
      const nowMs = clock.monotonic();
      const { part, lagMs, share } = worst();
      if (share > 1) {
        isBehind = true;
        const line = report.failed(nowMs);
        const level = line?.level === 'error' ? 'error' : 'warn';
        const allowedMs = limitOf(part);
        const cause = gauge.clocksDiffer(allowedMs / 2) ?? trouble;
        if (line) observe({ type: 'behind', level, code: 'COPY_BEHIND', part, lagMs, allowedMs, trouble: cause });
      } else if (isBehind && share <= CURRENT_SHARE) {
        isBehind = false;
        observe({ type: 'caught-up', afterMs: report.succeeded(nowMs) ?? 0 });
      }
    },
  };
}
