import type { TargetName } from './simulated-target.ts';
import type { Invariant } from './violations.ts';

/** What came of one world, as its process tells it. */
export interface SimulatedWorld {
  readonly seed: number;
  readonly hours: number;
  readonly target: TargetName;
  /** How often each kind of fault was there. */
  readonly faults: Readonly<Record<string, number>>;
  /** How often each promise was checked. */
  readonly checks: Readonly<Record<string, number>>;
  readonly violations: readonly DatedViolation[];
  readonly digest: string;
}

export interface DatedViolation {
  readonly invariant: Invariant;
  readonly day: number;
  readonly hour: string;
  readonly what: string;
  /** Shows it again, with what led to it. */
  readonly command: string;
}
