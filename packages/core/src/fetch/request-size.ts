const FIRST_IDS = 4;
const MAX_IDS = 200;
const QUICK_MS = 1_000;
const SLOW_MS = 10_000;
/** Slow answers alone never make a request smaller than this: more requests would make a slow API slower. */
const SLOW_IDS = 20;
/** Larger answers bring no more speed, and cost memory. */
const GOOD_ANSWER_BYTES = 1 << 20;
/**
 * The assumed size of a contact before the first answer, so that the first requests fit into memory with any content.
 */
const UNKNOWN_BYTES = GOOD_ANSWER_BYTES / FIRST_IDS;
/**
 * The number of requests in a row that must succeed before a refused size is tried again; doubled with each refusal.
 */
const FIRST_PATIENCE = 30;
const MAX_PATIENCE = 1_000;

/**
 * Decides how many contacts to ask for at once. The number grows while answers are quick and small, and shrinks when
 * the API refuses a request or is late.
 */
export interface RequestSize {
  readonly ids: number;
  readonly maxIds: number;
  /** The expected size of one contact. It follows larger contacts at once, and smaller ones slowly. */
  readonly expectedBytes: number;
  answered(ids: number, bytes: number, tookMs: number): void;
  /** Call when an answer for these ids has brought these bytes and has not ended. */
  arriving(ids: number, bytes: number): void;
  /** Call when the API refused a request of this number of ids (400, 413). */
  refused(ids: number): void;
  /** Call when a request of this number of ids was not answered in time, and its ids were not the cause. */
  timedOut(ids: number): void;
  /** Forgets what time-outs and refusals have taught: the contacts were the cause. */
  startOver(): void;
}

/** @param fixed asks for exactly this number of contacts, and for fewer only if a request is refused or late */
export function createRequestSize(fixed: number | null): RequestSize {
  const maxIds = fixed ?? MAX_IDS;
  let ids = fixed ?? FIRST_IDS;
  let ceiling = maxIds;
  let largestAnswered = 0;
  let wellSinceRefused = 0;
  let patience = FIRST_PATIENCE;
  let expectedBytes: number | null = null;

  const expected = () => expectedBytes ?? UNKNOWN_BYTES;

  const learnBytes = (asked: number, bytes: number) => {
    const latest = bytes / asked;
    const isTelling = asked * 2 >= ids;
    if (expectedBytes === null || (isTelling && latest > expectedBytes)) expectedBytes = latest;
    else expectedBytes += (latest - expectedBytes) / 4;
  };

  const raiseCeiling = () => {
    if (++wellSinceRefused < patience || ceiling === maxIds) return;
    ceiling = Math.min(maxIds, ceiling * 2);
    wellSinceRefused = 0;
  };

  const lowerCeiling = (asked: number) => {
    ceiling = Math.max(1, Math.min(ceiling, Math.floor(asked / 2)));
    ids = Math.min(ids, ceiling);
    wellSinceRefused = 0;
  };

  const idsNow = () => (fixed === null ? Math.min(ids, affordableIds(expected())) : ids);

  return {
    get ids() {
      return idsNow();
    },
    maxIds,
    get expectedBytes() {
      return expected();
    },
    answered(asked, bytes, tookMs) {
      const wanted = idsNow();
      learnBytes(asked, bytes);
      largestAnswered = Math.max(largestAnswered, asked);
      if (asked < wanted) return;
      raiseCeiling();
      ids = Math.max(1, Math.min(fixed ?? nextIds(wanted, tookMs, expected()), ceiling));
    },
    arriving(asked, bytes) {
      if (expectedBytes !== null) expectedBytes = Math.max(expectedBytes, bytes / asked);
    },
    refused(asked) {
      if (asked <= largestAnswered) return;
      lowerCeiling(asked);
      patience = Math.min(MAX_PATIENCE, patience * 2);
    },
    timedOut: lowerCeiling,
    startOver() {
      ids = fixed ?? FIRST_IDS;
      ceiling = maxIds;
    },
  };
}

function nextIds(ids: number, tookMs: number, expectedBytes: number): number {
  if (tookMs > SLOW_MS) return Math.min(ids, Math.max(SLOW_IDS, Math.floor(ids / 2)));
  if (tookMs > QUICK_MS) return ids;
  return Math.min(ids * 2, affordableIds(expectedBytes));
}

function affordableIds(expectedBytes: number): number {
  return Math.max(1, Math.floor(GOOD_ANSWER_BYTES / expectedBytes));
}
