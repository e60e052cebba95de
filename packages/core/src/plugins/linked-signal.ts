/** A signal that aborts with the first of several others. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Removes the link to the other signals. The signal then aborts no more. */
  unlink(): void;
}

/**
 * Creates a signal like AbortSignal.any does, for short calls under signals that live long. With AbortSignal.any each
 * call leaves an object for the garbage collector at every signal, which took a tenth of the time of a delivery.
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
