import type { CallOptions } from '@dbsync/core/contract';

/** One promise of a contract, and how to see whether a sink keeps it. */
export interface ConformanceCase<Subject> {
  /** The promise, in a sentence. */
  readonly name: string;
  /** What the target must offer for it; nothing where it is absent. */
  readonly needs?: Need;
  /** Rejects where the sink breaks the promise, or its target lacks what the case needs. */
  run(subject: Subject): Promise<void>;
}

/** What a case asks of the target beyond the obligatory. */
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
  | 'verifying';

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

/** What differs between the cases of two contracts. */
export interface CaseKind<Target, Bench> {
  /** Whether the target can do what the case needs. */
  meets(target: Target, need: Need): boolean;
  openBench(target: Target, options: CallOptions): Bench;
}

/** A case gives up after this long, so that a sink that hangs fails it rather than the run. */
const CASE_DEADLINE_MS = 90_000;

/** @param check throws where the promise is broken */
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
