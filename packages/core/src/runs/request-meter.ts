/** Adds up how long the API worked on the answers of a listing. Failed requests and waits between them do not count. */
export interface RequestMeter {
  readonly ms: number;
  /** Adds an answered page; pages are requested one after the other. */
  page(tookMs: number): void;
  /** Adds an answer with contact bodies, and the number of these requests that run side by side. */
  bodies(tookMs: number): void;
}

/** Creates a meter. @param concurrency requests for bodies at a time */
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
