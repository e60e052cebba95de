/** Entries a page. Each reading asks for another number, so that its pages have other borders. */
const LIMITS = [1000, 997, 991, 983] as const;
const FULL = LIMITS[0];
const LEAST = 10;
/** Added before rounding down: a share of the full size is a fraction, which binary numbers may miss by so much. */
const ROUNDING = 1e-6;
/** A page that is too large is asked for again with this part of its entries, so that few steps lead to one entry. */
const TOO_LARGE_PART = 1 / 4;
/** If three pages in a row come within this time, the next pages may be twice as large. */
const QUICK_MS = 15_000;
const QUICK_PAGES = 3;

/** Decides how many entries to ask for: fewer if pages are late or cursors expire, more again if pages come quickly. */
export interface PageSize {
  /**
   * Returns the number of entries to ask for.
   *
   * @param reading number of the reading, from 1
   */
  limit(reading: number): number;
  answered(tookMs: number): void;
  /** Call when a page of this number of entries did not come in time. */
  late(limit: number): void;
  /** Call when a page of this number of entries is larger than dbsync takes: the next pages may have a single entry. */
  tooLarge(limit: number): void;
  /**
   * Call when a cursor was refused, so that this reading was useless. From now on every second reading asks for fewer
   * entries, because a cursor may expire while the API makes a large page. The other readings ask for as many as
   * before, because a cursor may expire by age, and then a reading with small pages gets less far.
   */
  refused(reading: number): void;
}

export function createPageSize(): PageSize {
  /** The share of the full size. */
  let share = 1;
  let shareOfEven = 1;
  let quickPages = 0;

  const isEven = (reading: number) => reading % 2 === 0;

  return {
    limit(reading) {
      const step = (reading - 1) % LIMITS.length;
      const wanted = FULL * share * (isEven(reading) ? shareOfEven : 1);
      if (wanted >= FULL) return LIMITS[step] ?? FULL;
      const least = share < LEAST / FULL ? 1 : LEAST;
      return Math.max(1, Math.max(least, Math.floor(wanted + ROUNDING)) - step);
    },
    answered(tookMs) {
      quickPages = tookMs > QUICK_MS ? 0 : quickPages + 1;
      if (quickPages < QUICK_PAGES) return;
      share = Math.min(1, share * 2);
      quickPages = 0;
    },
    late(limit) {
      quickPages = 0;
      share = Math.min(share, Math.max(LEAST, limit / 2) / FULL);
    },
    tooLarge(limit) {
      quickPages = 0;
      share = Math.min(share, Math.max(1, Math.floor(limit * TOO_LARGE_PART)) / FULL);
    },
    refused(reading) {
      const smaller = isEven(reading) ? shareOfEven / 2 : Math.min(shareOfEven, 1 / 2);
      shareOfEven = Math.max(LEAST / FULL, smaller);
    },
  };
}
