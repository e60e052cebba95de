/**
 * The largest number of bytes of an answer, unpacked, by kind of request. Bytes are counted as they arrive, so a gzip
 * bomb ends at once.
 */
export const ANSWER_BYTES = {
  /**
   * One contact. Groups of contacts have a smaller limit, and are split. Measured with one contact of 16, 32 and 64 MiB,
   * from the answer to the commit: the process takes 380, 550 and 790 MiB at most with SQLite, 280, 420 and 750 MiB with
   * PostgreSQL. It has to stay below 512 MB, so the limit is 16 MiB.
   */
  contact: 16 << 20,
  /** The list of fields, or a request whose answer is not read. */
  fields: 4 << 20,
  /** An answer whose status is no success is read up to this length. */
  failure: 64 << 10,
} as const;

const ENTRY_BYTES = 16 << 10;
/** A single entry may have this size. */
const PAGE_LEAST_BYTES = 1 << 20;

/** Returns the largest number of bytes of a page that was asked for with `limit` entries. */
export function pageBytes(limit: number): number {
  return Math.max(PAGE_LEAST_BYTES, limit * ENTRY_BYTES);
}
