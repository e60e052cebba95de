import type { TruthLine } from '@dbsync/simulator';

/** One difference between a copy and the truth. */
export interface Difference {
  readonly table: TruthLine['table'];
  readonly id: string;
  /** The column; null: the row as a whole. */
  readonly column: string | null;
  /** The expected value; `undefined`: there should be none. */
  readonly expected: unknown;
  /** The found value; `undefined`: there is none. */
  readonly found: unknown;
}
