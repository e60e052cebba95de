/** Adds up how long the API worked on the answers of a listing. Failed requests and waits between them do not count. */
export interface RequestMeter {
  readonly ms: number;
  /** A page was answered; pages are asked for one after the other. */
  page(tookMs: number): void;
  /** Contact bodies were answered; so many requests run side by side. */
  bodies(tookMs: number): void;
}

/** @param concurrency requests for bodies at a time */
export function createRequestMeter(concurrency: number): RequestMeter {
  let ms = 0;
  return {
    get ms() {
      return ms;
    },
    page(tookMs) {
      ms += tookMs;
    },
    bodies(tookMs) {
      ms += tookMs / concurrency;
    },
  };
}
