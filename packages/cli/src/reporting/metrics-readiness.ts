import { lateAfterMs } from '@dbsync/core/cli-kit';
import type { RunFigures } from './metrics-figures.js';

/** Decides whether a run does its work. */
export interface Readiness {
  readonly ready: boolean;
  /** late: the claim is held, but the copy is behind, the last cycle is too old, or there was none yet. */
  readonly state: 'starting' | 'current' | 'late' | 'standby' | 'stopping';
  /** The age of the last cycle; null: none was completed. */
  readonly lastCycleAgeSeconds: number | null;
}

/** Ready is a run that keeps the copy current, and one that stands by to do so. */
export function readinessOf(figures: RunFigures, intervalMs: number): Readiness {
  const state = stateOf(figures, lateAfterMs(intervalMs));
  const { sinceCycleMs } = figures;
  return {
    ready: state === 'current' || state === 'standby',
    state,
    lastCycleAgeSeconds: sinceCycleMs === null ? null : Math.round(sinceCycleMs / 1000),
  };
}

function stateOf(figures: RunFigures, patienceMs: number): Readiness['state'] {
  const { isStopping, claim, isBehind, sinceCycleMs, lagMs } = figures;
  if (isStopping) return 'stopping';
  if (claim === 'none') return 'starting';
  if (claim === 'standby') return 'standby';
  if (isBehind || sinceCycleMs === null || lagMs === null) return 'late';
  return Math.max(sinceCycleMs, lagMs) <= patienceMs ? 'current' : 'late';
}
