import type { RunFigures } from './metrics-figures.js';

/** Whether a run does what it is there for. */
export interface Readiness {
  readonly ready: boolean;
  /** late: the claim is held, but the last cycle is too old, or there was none yet. */
  readonly state: 'starting' | 'current' | 'late' | 'standby' | 'stopping';
  /** null: none was completed. */
  readonly lastCycleAgeSeconds: number | null;
}

const PATIENCE_MS = 5 * 60_000;
const PATIENCE_INTERVALS = 3;

/** Ready is who keeps the copy current, and who stands by to do so. */
export function readinessOf(figures: RunFigures, intervalMs: number): Readiness {
  const state = stateOf(figures, Math.max(PATIENCE_INTERVALS * intervalMs, PATIENCE_MS));
  const { sinceCycleMs } = figures;
  return {
    ready: state === 'current' || state === 'standby',
    state,
    lastCycleAgeSeconds: sinceCycleMs === null ? null : Math.round(sinceCycleMs / 1000),
  };
}

function stateOf({ isStopping, claim, sinceCycleMs }: RunFigures, patienceMs: number): Readiness['state'] {
  if (isStopping) return 'stopping';
  if (claim === 'none') return 'starting';
  if (claim === 'standby') return 'standby';
  return sinceCycleMs !== null && sinceCycleMs <= patienceMs ? 'current' : 'late';
}
