const FIRST_IDS = 20;
const MAX_IDS = 200;
const QUICK_MS = 1_000;
const SLOW_MS = 10_000;
/** Larger answers bring no more speed, and cost memory. */
const GOOD_ANSWER_BYTES = 1 << 20;
/** How many requests in a row must have gone well before a size that was refused is tried again; doubled each time. */
const FIRST_PATIENCE = 30;
const MAX_PATIENCE = 1_000;

/** How many contacts to ask for at once: grows while answers are quick and small, shrinks when the API says no. */
export interface RequestSize {
  readonly ids: number;
  readonly maxIds: number;
  /** Of one contact, as far as it is known. */
  readonly expectedBytes: number;
  answered(ids: number, bytes: number, tookMs: number): void;
  /** The API refused a request of so many ids (400, 413). */
  refused(ids: number): void;
}

/** @param fixed takes exactly so many, fewer only where they are refused */
export function createRequestSize(fixed: number | null): RequestSize {
  const maxIds = fixed ?? MAX_IDS;
  let ids = fixed ?? FIRST_IDS;
  let ceiling = maxIds;
  let largestAnswered = 0;
  let wellSinceRefused = 0;
  let patience = FIRST_PATIENCE;
  let expectedBytes = 4096;

  const raiseCeiling = () => {
    if (++wellSinceRefused < patience || ceiling === maxIds) return;
    ceiling = Math.min(maxIds, ceiling * 2);
    wellSinceRefused = 0;
  };

  return {
    get ids() {
      return ids;
    },
    maxIds,
    get expectedBytes() {
      return expectedBytes;
    },
    answered(asked, bytes, tookMs) {
      expectedBytes += (bytes / asked - expectedBytes) / 4;
      largestAnswered = Math.max(largestAnswered, asked);
      if (asked < ids) return;
      raiseCeiling();
      const wanted = fixed ?? nextIds(ids, tookMs, expectedBytes);
      ids = Math.max(1, Math.min(wanted, ceiling));
    },
    refused(asked) {
      if (asked <= largestAnswered) return;
      ceiling = Math.max(1, Math.min(ceiling, Math.floor(asked / 2)));
      ids = Math.min(ids, ceiling);
      wellSinceRefused = 0;
      patience = Math.min(MAX_PATIENCE, patience * 2);
    },
  };
}

function nextIds(ids: number, tookMs: number, expectedBytes: number): number {
  if (tookMs > SLOW_MS) return Math.min(ids, Math.max(FIRST_IDS, Math.floor(ids / 2)));
  if (tookMs > QUICK_MS) return ids;
  const grown = Math.ceil(ids * 1.5);
  return Math.max(Math.min(grown, Math.floor(GOOD_ANSWER_BYTES / expectedBytes)), Math.min(ids, FIRST_IDS));
}
