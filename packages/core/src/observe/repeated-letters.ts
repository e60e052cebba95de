/**
 * Decides which dead letters are logged. A dead letter that is retried fails again and again, so dbsync logs its first,
 * second, fourth, eighth failure and so on.
 */
export interface RepeatedLetters {
  /** Call when the dead letter of this key was committed once more. Returns whether to log it. */
  isWorthTelling(key: string): boolean;
}

/** @param most the number of remembered keys; dead letters with other keys are logged each time */
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
