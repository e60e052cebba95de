/**
 * Decides which dead letters are told. One that is tried again and again fails each time, so it is told at its first, second,
 * fourth, eighth failure and so on.
 */
export interface RepeatedLetters {
  /** The dead letter of this key was committed once more. */
  isWorthTelling(key: string): boolean;
}

/** @param most keys that are remembered; those beyond are told each time */
export function createRepeatedLetters(most = 10_000): RepeatedLetters {
  const counts = new Map<string, number>();
  return {
    isWorthTelling(key) {
      const count = (counts.get(key) ?? 0) + 1;
      counts.delete(key);
      counts.set(key, count);
      const [oldest] = counts.keys();
      if (counts.size > most && oldest !== undefined) counts.delete(oldest);
      return Number.isInteger(Math.log2(count));
    },
  };
}
