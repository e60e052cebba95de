import type { TargetName } from './simulated-target.ts';
import type { Invariant } from './violations.ts';

/** The result of one world, as its process reports it. */
export interface SimulatedWorld {
  readonly seed: number;
  readonly hours: number;
  readonly target: TargetName;
  /** The number of times that each kind of fault was active. */
  readonly faults: Readonly<Record<string, number>>;
  /** The number of times that each promise was checked. */
  readonly checks: Readonly<Record<string, number>>;
  readonly violations: readonly DatedViolation[];
  readonly digest: string;
}

export interface DatedViolation {
  readonly invariant: Invariant;
  readonly day: number;
  readonly hour: string;
  readonly what: string;
  /** The command that shows the world again, with the events before the failure. */
  readonly command: string;
}
