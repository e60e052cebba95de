/** The promises that the simulation checks, by their names in the documents. */
export const INVARIANTS = ['convergence', 'safety', 'deadline', 'requests', 'told', 'running'] as const;

export type Invariant = (typeof INVARIANTS)[number];

/** A promise that was broken. */
export interface Violation {
  readonly invariant: Invariant;
  readonly atMs: number;
  readonly what: string;
}
