/** The rate at which requests may be sent. `burst` also limits the requests within any second. */
export interface SendingRate {
  /** The average number of requests a second. */
  readonly perSecond: number;
  /** The largest number of requests at once; a whole number. */
  readonly burst: number;
}

/**
 * Keeps requests within the rate (R33): a request above it waits. At the target at most `burst` requests arrive in any
 * second, and at most `60 perSecond + burst` in any minute. Until a request is answered, it may have arrived at any
 * instant; so it counts until a second, or a minute, after its answer. All instants are monotonic milliseconds.
 */
export interface TokenBucket {
  /** Returns how many requests may be sent now. */
  available(nowMs: number): number;
  /** Returns the shortest time until a request may be sent; 0: one may be sent now. */
  waitMs(nowMs: number): number;
  /**
   * Counts a request that is sent now, even if none is available. Call the returned function when the request is
   * answered.
   */
  spend(nowMs: number): (nowMs: number) => void;
}

/** After this long unanswered, a request counts as arrived, so that a slow target does not hold back the sending. */
const ARRIVES_WITHIN_MS = 1_000;
/** Added to each span, because two processes do not read their clocks at the same instant. */
const MARGIN_MS = 5;

/** @param rate null: no limit */
export function createTokenBucket(rate: SendingRate | null): TokenBucket {
  if (rate === null) return BOUNDLESS;
  const { perSecond, burst } = rate;
  const spans = [createSpan(1_000, burst), createSpan(60_000, Math.floor(60 * perSecond + burst))];
  const underWay = new Set<{ readonly sinceMs: number }>();
  let tokens = burst;
  let filledMs: number | null = null;

  const answered = (request: { readonly sinceMs: number }, nowMs: number) => {
    if (underWay.delete(request)) for (const span of spans) span.answered(nowMs);
  };
  const goOn = (nowMs: number) => {
    tokens = Math.min(burst, tokens + ((nowMs - (filledMs ?? nowMs)) / 1_000) * perSecond);
    filledMs = nowMs;
    for (const request of underWay) {
      if (request.sinceMs + ARRIVES_WITHIN_MS > nowMs) break;
      answered(request, nowMs);
    }
  };
  const available = (nowMs: number) => {
    goOn(nowMs);
    const room = spans.map((span) => span.limit - underWay.size - span.count(nowMs));
    return Math.max(0, Math.min(Math.floor(tokens), ...room));
  };

  return {
    available,
    waitMs(nowMs) {
      if (available(nowMs) > 0) return 0;
      const untilTokenMs = ((1 - tokens) / perSecond) * 1_000;
      const untilRoomMs = spans
        .filter((span) => span.limit - underWay.size - span.count(nowMs) < 1)
        .map((span) => (span.freeAtMs ?? oldest(underWay) + ARRIVES_WITHIN_MS) - nowMs);
      return Math.max(1, Math.ceil(Math.max(untilTokenMs, ...untilRoomMs)));
    },
    spend(nowMs) {
      goOn(nowMs);
      tokens -= 1;
      const request = { sinceMs: nowMs };
      underWay.add(request);
      return (answeredMs) => answered(request, answeredMs);
    },
  };
}

const BOUNDLESS: TokenBucket = {
  available: () => Number.POSITIVE_INFINITY,
  waitMs: () => 0,
  spend: () => () => {},
};

function oldest(underWay: ReadonlySet<{ readonly sinceMs: number }>): number {
  const [first] = underWay;
  return first?.sinceMs ?? 0;
}

/** The requests that were answered within the last second, or within the last minute. */
interface Span {
  readonly limit: number;
  /** The time when the oldest request leaves the span; null: the span is empty. */
  readonly freeAtMs: number | null;
  count(nowMs: number): number;
  answered(nowMs: number): void;
}

function createSpan(ms: number, limit: number): Span {
  let answers: number[] = [];
  let first = 0;
  const freeAt = (answeredMs: number) => answeredMs + ms + MARGIN_MS;
  return {
    limit,
    get freeAtMs() {
      const answeredMs = answers[first];
      return answeredMs === undefined ? null : freeAt(answeredMs);
    },
    count(nowMs) {
      while (freeAt(answers[first] ?? nowMs) <= nowMs) first += 1;
      if (first > limit) {
        answers = answers.slice(first);
        first = 0;
      }
      return answers.length - first;
    },
    answered: (nowMs) => void answers.push(nowMs),
  };
}
