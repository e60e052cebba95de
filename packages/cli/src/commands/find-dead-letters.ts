import { storedDeadLetterPages } from '@dbsync/core/cli-kit';
import type { DeadLetter, StoreSink } from '@dbsync/core/contract';
import { CliError } from '../cli-error.js';

export interface DeadLetterWish {
  readonly store: StoreSink;
  readonly campaign: string;
  /** Beginnings of keys; null: all. */
  readonly keys: readonly string[] | null;
  readonly signal: AbortSignal;
}

/** Returns the requested dead letters. Throws where a beginning of a key fits none, or more than one. */
export async function findDeadLetters(wish: DeadLetterWish): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const page of storedDeadLetterPages(wish.store, wish.campaign, wish.signal)) {
    letters.push(...page.filter(({ key }) => wish.keys === null || wish.keys.some((start) => key.startsWith(start))));
  }
  for (const start of wish.keys ?? []) {
    const fitting = letters.filter(({ key }) => key.startsWith(start)).length;
    if (fitting === 0) throw new CliError('CLI_DEAD_LETTER_UNKNOWN', `No dead letter has the key ${start}.`);
    const exact = letters.some(({ key }) => key === start);
    if (fitting > 1 && !exact) {
      throw new CliError('CLI_DEAD_LETTER_UNKNOWN', `${fitting} dead letters have a key that begins with ${start}.`);
    }
  }
  return letters;
}
