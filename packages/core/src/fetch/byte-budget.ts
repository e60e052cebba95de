/**
 * The bytes of answers that are in memory at a time, over all calls: those that arrive and those that have arrived and
 * wait for their reader. Together they stay below the limit, apart from one answer, so that some request always goes on.
 */
export interface ByteBudget {
  readonly limit: number;
  /** Whether a request that is expected to bring so many more may begin. */
  hasRoomFor(bytes: number): boolean;
  /** A request begins that is expected to bring so many. */
  expect(bytes: number): Arrival;
  /** So many have arrived and wait for their reader. */
  keep(bytes: number): void;
  /** So many have been taken. */
  drop(bytes: number): void;
}

/** The answer of one request, as it arrives. */
export interface Arrival {
  /** So far. */
  readonly bytes: number;
  /** So many more. The promise, where there is one, resolves when there is room for further ones. */
  receive(bytes: number): Promise<void> | undefined;
  /** The request is repeated: what came before is gone. */
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
  /** The one answer that goes on beyond the limit, until it ends. A request that has brought nothing may hang, so it is none. */
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
