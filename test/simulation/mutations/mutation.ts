import type { FaultKind } from '../fault-kinds.ts';
import type { TargetName } from '../simulated-target.ts';

/** A rule that is switched off by a change of one text in a source file, and the check that must fail then. */
export interface Mutation {
  /** The rule's number in docs/correctness.md. */
  readonly rule: string;
  /** The behaviour instead. */
  readonly instead: string;
  /** The path of a source file, from the root of the repository. */
  readonly file: string;
  /** The text to replace, which is in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly killer: Killer;
}

export type Killer = SimulationKiller | TestKiller;

/** A simulated world that must break a promise. */
export interface SimulationKiller {
  readonly kinds: readonly FaultKind[];
  readonly target: TargetName;
}

/** Tests of one file that must fail by an assertion. */
export interface TestKiller {
  /** The path of a test file that needs no server, from the root of the repository. */
  readonly test: string;
  /** A part of the full names of these tests. */
  readonly name: string;
}

/** Describes a killer. Two killers with the same text are the same. */
export function describeKiller(killer: Killer): string {
  return 'test' in killer ? `${killer.test}: ${killer.name}` : `${killer.kinds.join(',')} into ${killer.target}`;
}
