/** A signal that aborts with the first of others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Leaves the others. The signal aborts no more. */
  unlink(): void;
}

/**
 * Does what AbortSignal.any does, for short calls under signals that live long: there each call leaves something for the
 * garbage collector at every signal, which took a tenth of the time of a delivery.
 */
export function linkSignals(...signals: readonly AbortSignal[]): LinkedSignal {
  const own = new AbortController();
  const abort = ({ target }: Event) => own.abort((target as AbortSignal).reason);
  for (const signal of signals) signal.addEventListener('abort', abort, { once: true });
  const aborted = signals.find((signal) => signal.aborted);
  if (aborted !== undefined) own.abort(aborted.reason);
  return {
    signal: own.signal,
    unlink: () => {
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}
