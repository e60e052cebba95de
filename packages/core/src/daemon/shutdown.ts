/** The end of a run: first it starts no new work and finishes its writes, then it aborts what is left. */
export interface Shutdown {
  /** Aborts as soon as the run is asked to stop. */
  readonly stop: AbortSignal;
  /** Aborts when finishing has taken too long. */
  readonly halt: AbortSignal;
  dispose(): void;
}

const DRAIN_MS = 30_000;

export function createShutdown(asked: AbortSignal): Shutdown {
  const halt = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => halt.abort(asked.reason), DRAIN_MS);
  };
  if (asked.aborted) begin();
  else asked.addEventListener('abort', begin, { once: true });
  return {
    stop: asked,
    halt: halt.signal,
    dispose() {
      asked.removeEventListener('abort', begin);
      clearTimeout(timer);
    },
  };
}
