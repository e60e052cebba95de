import type { RunEvent } from '@dbsync/core';
import { loadSource } from '../../scripts/sources.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';
import { MINUTE_MS } from './weather.ts';

const { createRunFigures } = await loadSource<typeof import('../../packages/cli/src/reporting/metrics-figures.ts')>(
  'cli',
  'reporting/metrics-figures',
);
const { readinessOf } = await loadSource<typeof import('../../packages/cli/src/reporting/metrics-readiness.ts')>(
  'cli',
  'reporting/metrics-readiness',
);

/** The view of an operator of one process: its log from `warn` on, and `/readyz`. */
export interface Visible {
  observe(event: RunEvent): void;
  /** Another process has claimed the copy. This one knows nothing of its progress, and may not know of the claim yet. */
  replaced(): void;
  /** Reads `/readyz`; called with each check. */
  look(): void;
  /**
   * Returns the reason why an operator does not see that the copy lags; null: it is visible, or there is nothing to
   * see.
   */
  flaw(lagMs: number): string | null;
}

/** The shortest length of three intervals: a listing is due every five minutes. */
const LEAST_PATIENCE_MS = 15 * MINUTE_MS;
/** A line about a lasting wait comes again each hour. */
const REPEATED_MS = 62 * MINUTE_MS;
/** Clocks that differ by less than half of the allowed difference are not reported, and hide as much of a lag. */
const HIDDEN_SHARE = 1.5;
const GRACE_MS = 2 * MINUTE_MS;

export function createVisible(process: SimulatedProcess, time: VirtualTime, intervalMs: number): Visible {
  const { monotonic } = process.clock;
  const figures = createRunFigures(monotonic);
  // By the clock of the process: a machine that sleeps repeats no line.
  let loudMs = Number.NEGATIVE_INFINITY;
  let unreadyMs = Number.NEGATIVE_INFINITY;
  /** A process that takes over has as much time as one that starts. */
  let holdsSinceMs = Number.NEGATIVE_INFINITY;
  let replacedMs = Number.NEGATIVE_INFINITY;
  return {
    observe(event) {
      if (event.type === 'claimed' && figures.claim === 'standby') holdsSinceMs = time.nowMs;
      figures.observe(event);
      if ('level' in event && (event.level === 'warn' || event.level === 'error')) loudMs = monotonic();
    },
    replaced() {
      replacedMs = time.nowMs;
    },
    look() {
      if (!readinessOf(figures, intervalMs).ready) unreadyMs = monotonic();
    },
    flaw(lagMs) {
      const patienceMs = HIDDEN_SHARE * Math.max(3 * intervalMs, LEAST_PATIENCE_MS) + GRACE_MS;
      if (process.state !== 'alive' || figures.claim === 'standby') return null;
      const { ready, state } = readinessOf(figures, intervalMs);
      const sinceMs = Math.max(time.nowMs - lagMs, process.aliveSinceMs, holdsSinceMs, replacedMs);
      const lastsMs = time.nowMs - sinceMs;
      if (lastsMs <= patienceMs) return null;
      const behind = `the copy is ${Math.round(lagMs / 1000)} s behind`;
      if (monotonic() - loudMs > lastsMs + REPEATED_MS)
        return `${behind}, and process ${process.nr} has said nothing of it`;
      // A fault that lasts when it counts as current again is reported within the same time.
      const isUnseen = ready && monotonic() - unreadyMs > patienceMs;
      return isUnseen ? `${behind}, and process ${process.nr} is ready (${state})` : null;
    },
  };
}
