/**
 * Reads a whole number that a driver hands out as a number, a text or a bigint. Null for any other value, such as a
 * cell that another program has changed (R36).
 */
export function storedWhole(value: unknown): bigint | null {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null;
  return typeof value === 'string' && /^-?\d{1,30}$/.test(value) ? BigInt(value) : null;
}

/**
 * Reads the same within the range that a JavaScript number counts exactly; else returns the nearest bound, and 0 for
 * what is no number.
 */
export function storedCount(value: unknown): number {
  const whole = storedWhole(value) ?? 0n;
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(whole < 0n ? 0n : whole > most ? most : whole);
}

/** Reads a counter that grows by one with each act. Null for a number that no counting reaches. */
export function storedCounter(value: unknown): bigint | null {
  const whole = storedWhole(value);
  return whole === null || whole < 0n || whole > MOST_COUNTED ? null : whole;
}

/** The largest counter. It is so far below the end of 64 bits that no statement which adds to it overflows. */
const MOST_COUNTED = 2n ** 62n;
