import type { SinkError } from '@dbsync/core/contract';

/**
 * Records that the connected database was lost between two calls, and may be another one now: a connection ended while
 * no call used it, or a file was replaced (R10). A connection that dbsync itself ends is no loss.
 */
export interface SessionLosses {
  /** Returns the loss that no call has reported yet; null: none. */
  unreported(): SinkError | null;
  /** Notes that a call has failed with `connectionLost`, so core knows of every loss until now. */
  reported(): void;
  /** True where only another `connect` helps. */
  readonly mustReconnect: boolean;
}

/** The losses of a pool, which replaces its connections by itself. */
export interface ConnectionLosses extends SessionLosses {
  /** Notes that a connection has ended, and that dbsync did not end it. */
  add(): void;
}

/** @param errorOf makes the error that the next call throws; that call has committed nothing */
export function createConnectionLosses(errorOf: () => SinkError): ConnectionLosses {
  let isUnreported = false;
  return {
    add() {
      isUnreported = true;
    },
    unreported: () => (isUnreported ? errorOf() : null),
    reported() {
      isUnreported = false;
    },
    mustReconnect: false,
  };
}
