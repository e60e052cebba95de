import type { SimulationOptions } from '../simulate-days.ts';
import { simulateDays } from '../simulate-days.ts';
import type { Mutation } from './mutation.ts';
import { MUTATIONS } from './mutations.ts';

const DAYS = 4;

/** What came of one mutation. */
export interface MutationResult {
  readonly mutation: Mutation;
  /** Seed, day, hour and promise of the first failure; null: the simulation did not notice. */
  readonly killedBy: string | null;
  /** The same worlds keep every promise without the mutation: else a failure proves nothing. */
  readonly isGreenWithout: boolean;
}

/** Switches rules off, one at a time, and looks whether the simulation fails. */
export async function mutate(
  seed: number,
  jobs: number,
  log: (line: string) => void,
): Promise<readonly MutationResult[]> {
  const results: MutationResult[] = [];
  for (const mutation of MUTATIONS) {
    const { kinds, target, rule, instead } = mutation;
    const options: SimulationOptions = {
      days: DAYS,
      seed,
      jobs,
      kinds,
      target,
      traceFromHour: null,
      mutation: null,
      log: () => {},
    };
    const mutated = await firstFailure({ ...options, mutation });
    const isGreenWithout = mutated !== null && (await firstFailure(options)) === null;
    log(
      `${rule}, ${instead}: ${mutated ?? 'NOT NOTICED'}${mutated === null || isGreenWithout ? '' : ' (RED WITHOUT IT TOO)'}`,
    );
    results.push({ mutation, killedBy: mutated, isGreenWithout });
  }
  return results;
}

async function firstFailure(options: SimulationOptions): Promise<string | null> {
  const { worlds } = await simulateDays(options);
  for (const { seed, violations } of worlds) {
    const [first] = violations;
    if (first) return `${first.invariant} on day ${first.day}, hour ${first.hour}, of seed ${seed}`;
  }
  return null;
}
