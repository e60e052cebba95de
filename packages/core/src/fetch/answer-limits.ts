/** Most bytes of an answer, unpacked, by what was asked for. They are counted as they arrive, so a gzip bomb ends at once. */
export const ANSWER_BYTES = {
  /** One contact. Groups of contacts have a smaller limit, and are split. */
  contact: 16 << 20,
  /** The list of fields, or a question whose answer is not read. */
  fields: 4 << 20,
  /** An answer whose status is no success is read so far, and no further. */
  failure: 64 << 10,
} as const;

const ENTRY_BYTES = 16 << 10;
/** One entry alone may be so large. */
const PAGE_LEAST_BYTES = 1 << 20;

/** Most bytes of a page that was asked for with so many entries. */
export function pageBytes(limit: number): number {
  return Math.max(PAGE_LEAST_BYTES, limit * ENTRY_BYTES);
}
