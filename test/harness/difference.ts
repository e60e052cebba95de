import type { TruthLine } from '@dbsync/simulator';

/** One thing in which a copy differs from the truth. */
export interface Difference {
  readonly table: TruthLine['table'];
  readonly id: string;
  /** Null: the row as a whole. */
  readonly column: string | null;
  /** `undefined`: nothing should be there. */
  readonly expected: unknown;
  /** `undefined`: nothing is there. */
  readonly found: unknown;
}
