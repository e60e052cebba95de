const SECONDS = /^\d+(?:\.\d+)?$/;
/** The three forms of a date in HTTP: the current one, that of RFC 850, and that of asctime, which names no zone. */
const CURRENT = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
const RFC_850 = /^[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT$/;
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/**
 * Reads a `Retry-After` header, in seconds or as an HTTP date. Returns milliseconds; null where it is missing or unreadable.
 *
 * @param nowMs of the server's own clock where its answer has a `Date`, since the date in the header is of that clock
 */
export function retryAfterMs(value: string | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? '';
  if (SECONDS.test(text)) return Math.min(Math.ceil(Number(text) * 1000), Number.MAX_SAFE_INTEGER);
  const atMs = httpDateMs(text);
  return atMs === null ? null : Math.max(0, atMs - nowMs);
}

/** Returns the instant of an HTTP date, in milliseconds since 1970; null for any other text. */
export function httpDateMs(text: string): number | null {
  const utc = ASCTIME.test(text) ? `${text} GMT` : text;
  if (utc === text && !CURRENT.test(text) && !RFC_850.test(text)) return null;
  const ms = Date.parse(utc);
  return Number.isNaN(ms) ? null : ms;
}
