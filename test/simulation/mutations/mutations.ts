import { DELIVERY_MUTATIONS } from './delivery-mutations.ts';
import { ERROR_MUTATIONS } from './error-mutations.ts';
import type { Mutation } from './mutation.ts';
import { PROGRESS_MUTATIONS } from './progress-mutations.ts';
import { ROW_MUTATIONS } from './row-mutations.ts';
import { WRITER_MUTATIONS } from './writer-mutations.ts';

/**
 * All mutations in the order of docs/correctness.md. A world kills a mutation where it sees the rule broken, else tests
 * of the rule do.
 */
export const MUTATIONS: readonly Mutation[] = [
  ...PROGRESS_MUTATIONS,
  ...WRITER_MUTATIONS,
  ...ROW_MUTATIONS,
  ...DELIVERY_MUTATIONS,
  ...ERROR_MUTATIONS,
];
