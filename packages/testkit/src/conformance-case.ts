import type { CallOptions } from '@dbsync/core/contract';

/** One promise of a contract, and the test of a sink for it. */
export interface ConformanceCase<Subject> {
  /** The promise, in a sentence. */
  readonly name: string;
  /** A feature that the target must offer; absent: none. */
  readonly needs?: Need;
  /** Rejects where the sink breaks the promise, or its target lacks what the case needs. */
  run(subject: Subject): Promise<void>;
}

/** A feature of the target beyond the obligatory ones. */
export type Need =
  | 'rows'
  | 'schema'
  | 'process'
  | 'network'
  | 'refusal'
  | 'final-refusal'
  | 'outage'
  | 'renewal'
  | 'snapshot'
  | 'damage'
  | 'notices'
  | 'obstacle'
  | 'erasure'
  | 'mirroring'
  | 'verifying'
  | 'reporting'
  | 'explaining'
  | 'viewing'
  | 'summarising'
  | 'looking'
  | 'planning'
  | 'bulk'
  | 'indexing';

/** Thrown by a case that the subject's targets cannot serve: leave such cases out by their `needs`. */
export class NeedNotMet extends Error {
  readonly need: Need;

  constructor(need: Need) {
    super(
      `This case needs \`${need}\`, which the target does not offer: offer it, or filter the case out by its needs.`,
    );
    this.name = 'NeedNotMet';
    this.need = need;
  }
}

/** The differences between the cases of two contracts. */
export interface CaseKind<Target, Bench> {
  /** True where the target can do what the case needs. */
  meets(target: Target, need: Need): boolean;
  openBench(target: Target, options: CallOptions): Bench;
}

/** A case gives up after this time, so that a sink that hangs fails the case and not the whole run. */
const CASE_DEADLINE_MS = 115_000;

/** Makes a case. @param check throws where the promise is broken */
export function conformanceCase<Target extends { remove(): Promise<void> }, Bench extends { close(): Promise<void> }>(
  kind: CaseKind<Target, Bench>,
  name: string,
  check: (bench: Bench) => Promise<void>,
  needs?: Need,
): ConformanceCase<{ createTarget(): Promise<Target> }> {
  return {
    name,
    ...(needs && { needs }),
    run: async (subject) => {
      const target = await subject.createTarget();
      if (needs && !kind.meets(target, needs)) {
        await target.remove();
        throw new NeedNotMet(needs);
      }
      const deadline = AbortSignal.timeout(CASE_DEADLINE_MS);
      const bench = kind.openBench(target, { signal: deadline });
      try {
        await beforeDeadline(check(bench), deadline);
      } catch (error) {
        await bench.close().catch(() => {});
        throw error;
      }
      await bench.close();
    },
  };
}

function beforeDeadline(work: Promise<void>, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`A call to the sink did not end within ${CASE_DEADLINE_MS / 1000} s.`));
    deadline.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', giveUp));
  });
}
