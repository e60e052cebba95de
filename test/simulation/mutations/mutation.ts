import type { FaultKind } from '../fault-kinds.ts';
import type { TargetName } from '../simulated-target.ts';

/** A rule that is switched off by a change of one text in what was built, and the weather in which that must show. */
export interface Mutation {
  /** Of docs/correctness.md. */
  readonly rule: string;
  /** What is done instead. */
  readonly instead: string;
  /** The end of the file's path, such as `core/dist/discover/window.js`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly kinds: readonly FaultKind[];
  readonly target: TargetName;
}

/** What a process of worlds needs of it. */
export type TextChange = Pick<Mutation, 'file' | 'find' | 'replace'>;
