/**
 * Limits the bytes of answers in memory, over all calls: answers that arrive, and answers that wait for their reader.
 * Together they stay below the limit, but one answer may exceed it, so that some request always makes progress.
 */
export interface ByteBudget {
  readonly limit: number;
  /** Returns whether a request may begin that is expected to bring this number of bytes. */
  hasRoomFor(bytes: number): boolean;
  /** Call when a request begins that is expected to bring this number of bytes. */
  expect(bytes: number): Arrival;
  /** Call when this number of bytes has arrived and waits for its reader. */
  keep(bytes: number): void;
  /** Call when the reader has taken this number of bytes. */
  drop(bytes: number): void;
}

/** The answer of one request, while it arrives. */
export interface Arrival {
  /** The bytes that have arrived so far. */
  readonly bytes: number;
  /**
   * Call when this number of further bytes has arrived. If it returns a promise, read no further bytes until the promise
   * resolves.
   */
  receive(bytes: number): Promise<void> | undefined;
  /** Call when the request is repeated: the bytes received before are dropped. */
  restart(): void;
  end(): void;
}

export function createByteBudget(limit: number): ByteBudget {
  const arrivals = new Set<{ expected: number; bytes: number }>();
  const waiters = new Set<() => void>();
  let kept = 0;

  const sum = (of: (arrival: { expected: number; bytes: number }) => number) => {
    let total = 0;
    for (const arrival of arrivals) total += of(arrival);
    return total;
  };
  /**
   * The one answer that may go on beyond the limit, until it ends. A request that has brought nothing may hang, so it
   * is never chosen.
   */
  let favoured: object | null = null;
  const mayGoOn = (arrival: object) => {
    if (kept + sum(({ bytes }) => bytes) <= limit) return true;
    if (kept > limit) return false;
    favoured ??= arrival;
    return arrival === favoured;
  };
  const disfavour = (arrival: object) => {
    if (arrival === favoured) favoured = null;
  };
  const wake = () => {
    for (const look of [...waiters]) look();
  };

  return {
    limit,
    hasRoomFor: (bytes) => kept + sum((arrival) => Math.max(arrival.expected, arrival.bytes)) + bytes <= limit,
    expect(expected) {
      const arrival = { expected, bytes: 0 };
      arrivals.add(arrival);
      return {
        get bytes() {
          return arrival.bytes;
        },
        receive(bytes) {
          arrival.bytes += bytes;
          if (mayGoOn(arrival)) return undefined;
          return new Promise((resolve) => {
            const look = () => {
              if (arrivals.has(arrival) && !mayGoOn(arrival)) return;
              waiters.delete(look);
              resolve();
            };
            waiters.add(look);
          });
        },
        restart() {
          arrival.bytes = 0;
          disfavour(arrival);
          wake();
        },
        end() {
          arrivals.delete(arrival);
          disfavour(arrival);
          wake();
        },
      };
    },
    keep(bytes) {
      kept += bytes;
    },
    drop(bytes) {
      kept -= bytes;
      wake();
    },
  };
}
