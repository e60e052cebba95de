/** Every window and slice begins this much before the end of the one before, because events appear late. */
export const OVERLAP_MS = 5 * 60_000;
/** A window longer than this is read in slices, each with its own checkpoint. */
export const SLICE_MS = 6 * 3_600_000;
const LONGEST_SLICE_MS = 5 * 86_400_000;
/** The shortest length into which a slice is cut; it must be longer than the overlap. */
const SHORTEST_SLICE_MS = 2 * OVERLAP_MS;
/** The number of entries that stands for a slice that could not be read to its end. */
export const PARTLY_READ = Number.POSITIVE_INFINITY;
/** If a slice had fewer entries than this, the next slice is longer. */
const FEW_ENTRIES = 500;

/** A stretch of time to read; instants in milliseconds. */
export interface Slice {
  readonly fromMs: number;
  /**
   * The instant at which the next slice begins, apart from the overlap. Everything up to here may be recorded as
   * complete.
   */
  readonly untilMs: number;
  /** True for the newest slice: it has no upper bound, so that it also reads entries that appear meanwhile. */
  readonly open: boolean;
}

/**
 * Yields slices that cover `[fromMs, nowMs]` without a gap, the oldest first; the last one is open. Slices grow while
 * they hold few entries, so that years before the campaign's first call cost few requests. A slice that could not be
 * read to its end is given again as shorter slices; if it is short already, the slices end before it.
 *
 * @param entries returns how many entries the slice before had, or {@link PARTLY_READ}
 */
export function* slicesOf(fromMs: number, nowMs: number, entries: () => number): Generator<Slice, void, undefined> {
  let start = fromMs;
  let sliceMs = SLICE_MS;
  for (;;) {
    const open = nowMs - start <= sliceMs;
    const untilMs = open ? Math.max(start, nowMs) : start + sliceMs;
    const slice = { fromMs: start, untilMs, open };
    yield slice;
    const count = entries();
    if (count === PARTLY_READ) {
      if (!canBeCut(slice)) return;
      sliceMs = halfOf(untilMs - start);
      continue;
    }
    if (open) return;
    start += sliceMs - OVERLAP_MS;
    sliceMs = count < FEW_ENTRIES ? Math.min(sliceMs * 2, LONGEST_SLICE_MS) : Math.min(sliceMs, SLICE_MS);
  }
}

/** Returns whether a slice that has too many entries can be cut into shorter ones. */
export function canBeCut({ fromMs, untilMs }: Slice): boolean {
  return halfOf(untilMs - fromMs) >= SHORTEST_SLICE_MS;
}

function halfOf(ms: number): number {
  return Math.floor(ms / 2);
}

/** Returns an instant in the form that bodies and progress have. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

/** Returns the instant; null where there is no limit. */
export function toInstantOrNull(ms: number | null): string | null {
  return ms === null ? null : toInstant(ms);
}

const DAY_MS = 86_400_000;

/**
 * Returns the `changedSince` of a listing that must not miss changes from this instant on. It is a day in an unknown
 * time zone, so it lies some days earlier.
 */
export function changedSinceDay(instant: string, daysEarlier: number): string {
  return toInstant(Date.parse(instant) - daysEarlier * DAY_MS).slice(0, 10);
}
