import type { SinkError } from '@dbsync/core/contract';

/**
 * How an engine's session tells that what it is connected to was lost between two calls, and may be another one now: a
 * connection ended while no call used it, or a file was replaced (R10). What dbsync ends by itself is no loss.
 */
export interface SessionLosses {
  /** The loss that no call has told yet; null: none. */
  untold(): SinkError | null;
  /** A call has failed with `connectionLost`, so core knows of every loss until now. */
  told(): void;
  /** Only another `connect` helps. */
  readonly mustReconnect: boolean;
}

/** Losses of a pool, which replaces its connections by itself. */
export interface ConnectionLosses extends SessionLosses {
  /** A connection has ended, and not by dbsync. */
  add(): void;
}

/** @param errorOf what the next call throws; it has committed nothing */
export function createConnectionLosses(errorOf: () => SinkError): ConnectionLosses {
  let isUntold = false;
  return {
    add() {
      isUntold = true;
    },
    untold: () => (isUntold ? errorOf() : null),
    told() {
      isUntold = false;
    },
    mustReconnect: false,
  };
}
