import { type CaseBench, openBench } from './case-bench.js';
import { meets, type Need, type StoreSubject } from './store-subject.js';

/** One promise of the store contract, and how to see whether a sink keeps it. */
export interface StoreCase {
  /** The promise, in a sentence. */
  readonly name: string;
  /** What the target must offer for it; nothing where it is absent. */
  readonly needs?: Need;
  /** Rejects where the sink breaks the promise, or its target lacks what the case needs. */
  run(subject: StoreSubject): Promise<void>;
}

/** Thrown by a case that the subject's targets cannot serve: leave such cases out by their `needs`. */
export class NeedNotMet extends Error {
  readonly need: Need;

  constructor(need: Need) {
    super(
      `This case needs \`${need}\`, which the target does not offer: see StoreTarget, or filter it out by its needs.`,
    );
    this.name = 'NeedNotMet';
    this.need = need;
  }
}

/** A case gives up after this long, so that a sink that hangs fails it rather than the run. */
const CASE_DEADLINE_MS = 90_000;

/** @param check throws where the promise is broken */
export function storeCase(name: string, check: (bench: CaseBench) => Promise<void>, needs?: Need): StoreCase {
  return {
    name,
    ...(needs && { needs }),
    run: async (subject) => {
      const target = await subject.createTarget();
      if (needs && !meets(target, needs)) {
        await target.remove();
        throw new NeedNotMet(needs);
      }
      const deadline = AbortSignal.timeout(CASE_DEADLINE_MS);
      const bench = openBench(target, { signal: deadline });
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

/** A case about whole rows, which an outbox does not keep. */
export function rowsCase(name: string, check: (bench: CaseBench) => Promise<void>): StoreCase {
  return storeCase(name, check, 'rows');
}

function beforeDeadline(work: Promise<void>, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error(`A call to the sink did not end within ${CASE_DEADLINE_MS / 1000} s.`));
    deadline.addEventListener('abort', giveUp, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener('abort', giveUp));
  });
}
