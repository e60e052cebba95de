import { type LetterHead, storedDeadLetterPages } from '@dbsync/core/cli-kit';
import type { StoreSink } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';

export interface DeadLetterQuery {
  readonly store: StoreSink;
  readonly campaign: string;
  /** Beginnings of keys; null: all. */
  readonly keys: readonly string[] | null;
  readonly signal: AbortSignal;
}

/** Returns the requested dead letters, without their bodies. Throws where a beginning of a key fits none, or more than one. */
export async function findDeadLetters(query: DeadLetterQuery): Promise<readonly LetterHead[]> {
  const letters: LetterHead[] = [];
  for await (const page of storedDeadLetterPages(query.store, query.campaign, query.signal)) {
    letters.push(...page.filter(({ key }) => query.keys === null || query.keys.some((start) => key.startsWith(start))));
  }
  for (const start of query.keys ?? []) {
    const fitting = letters.filter(({ key }) => key.startsWith(start)).length;
    if (fitting === 0) throw new CliError('CLI_DEAD_LETTER_UNKNOWN', `No dead letter has the key ${start}.`);
    const exact = letters.some(({ key }) => key === start);
    if (fitting > 1 && !exact) {
      throw new CliError('CLI_DEAD_LETTER_UNKNOWN', `${fitting} dead letters have a key that begins with ${start}.`);
    }
  }
  return letters;
}
