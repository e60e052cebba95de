/** Notices that deliveries get no answer over new connections, as with a receiver that serves one connection at a time. */
export interface Starvation {
  /** True where a delivery waits too long; no connection should be kept idle meanwhile. */
  readonly isFelt: boolean;
  /** Watches a delivery over a connection that has not answered yet, its dialling included. */
  watch<T>(delivery: () => Promise<T>): Promise<T>;
}

/**
 * A time longer than receivers usually take, and short beside the time of an attempt. A receiver that takes longer for each
 * answer gets new connections instead of kept ones, which only costs a handshake.
 */
const PATIENCE_MS = 1_000;

/** Creates the watch. @param onFelt called for each delivery that begins to wait too long */
export function createStarvation(onFelt: () => void): Starvation {
  let starving = 0;
  return {
    get isFelt() {
      return starving > 0;
    },
    watch: async (delivery) => {
      let isStarving = false;
      const timer = setTimeout(() => {
        isStarving = true;
        starving++;
        onFelt();
      }, PATIENCE_MS);
      try {
        return await delivery();
      } finally {
        clearTimeout(timer);
        if (isStarving) starving--;
      }
    },
  };
}
