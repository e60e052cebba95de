import { DAILY_MS, LISTING_EVERY_MS } from './cadence.js';

/** The facts of a dead letter on which its next try depends. */
export interface RetryCandidate {
  readonly key: string;
  /** The number of failures so far. */
  readonly attempts: number;
}

/**
 * Decides which dead letters are tried now (R6, R22). Each waits for five minutes after its first failure, then twice
 * as long after each further failure, and at most a day. The few that were tried longest ago are tried each time
 * anyway: if one of them succeeds, the cause of the failures is gone, and all other dead letters are due.
 */
export interface RetrySchedule {
  /**
   * Chooses from these dead letters and counts the chosen ones as tried.
   *
   * @param letters all dead letters, or a part of them if `isWhole` is false
   */
  choose<T extends RetryCandidate>(letters: readonly T[], options: RetryOptions): T[];
}

export interface RetryOptions {
  readonly most: number;
  /** The smallest number of dead letters to try, due or not. */
  readonly few: number;
  readonly isWhole: boolean;
}

const MOST_REMEMBERED = 20_000;

/** @param nowMs monotonic */
export function createRetrySchedule(nowMs: () => number): RetrySchedule {
  const tries = new Map<string, { readonly triedMs: number; readonly dueMs: number }>();
  let lastRound: { readonly keys: ReadonlySet<string>; readonly startedMs: number } | null = null;
  /** Dead letters that were last tried before this time are due. */
  let settledSinceMs = Number.NEGATIVE_INFINITY;

  const noticeSettled = (letters: readonly RetryCandidate[]) => {
    if (lastRound === null) return;
    const left = new Set(letters.map(({ key }) => key));
    for (const key of lastRound.keys) {
      if (left.has(key)) continue;
      tries.delete(key);
      settledSinceMs = lastRound.startedMs;
    }
  };

  const isDue = ({ key }: RetryCandidate) => {
    const last = tries.get(key);
    return last === undefined || last.triedMs < settledSinceMs || nowMs() >= last.dueMs;
  };

  const triedMs = ({ key }: RetryCandidate) => tries.get(key)?.triedMs ?? Number.NEGATIVE_INFINITY;

  const countTry = ({ key, attempts }: RetryCandidate) => {
    const delayMs = Math.min(DAILY_MS, LISTING_EVERY_MS * 2 ** Math.min(attempts - 1, 20));
    tries.delete(key);
    tries.set(key, { triedMs: nowMs(), dueMs: nowMs() + delayMs });
    const [oldest] = tries.keys();
    if (tries.size > MOST_REMEMBERED && oldest !== undefined) tries.delete(oldest);
  };

  return {
    choose(letters, { most, few, isWhole }) {
      if (isWhole) noticeSettled(letters);
      const oldestFirst = letters.toSorted((a, b) => (triedMs(a) < triedMs(b) ? -1 : 1));
      const due = oldestFirst.filter(isDue).slice(0, most);
      const others = oldestFirst.filter((letter) => !isDue(letter)).slice(0, Math.max(0, few - due.length));
      const chosen = [...due, ...others];
      lastRound = { keys: new Set(chosen.map(({ key }) => key)), startedMs: nowMs() };
      for (const letter of chosen) countTry(letter);
      return chosen;
    },
  };
}
