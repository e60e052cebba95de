/** Every window and slice begins this much before the end of the one before: events appear late. */
export const OVERLAP_MS = 5 * 60_000;
/** A window longer than this is read in slices, each with a checkpoint of its own. */
export const SLICE_MS = 6 * 3_600_000;
const LONGEST_SLICE_MS = 5 * 86_400_000;
/** A slice is not cut into shorter ones than this; it must be longer than the overlap. */
const SHORTEST_SLICE_MS = 2 * OVERLAP_MS;
/** The number of entries of a slice that could not be read to its end. */
export const PARTLY_READ = Number.POSITIVE_INFINITY;
/** Entries of a slice that was worth its requests. */
const FEW_ENTRIES = 500;

/** A stretch of time to read; instants in milliseconds. */
export interface Slice {
  readonly fromMs: number;
  /** Where the next slice goes on; what is complete up to here may be recorded. */
  readonly untilMs: number;
  /** The newest slice has no upper bound: what appears while it is read is welcome. */
  readonly open: boolean;
}

/**
 * Slices that cover `[fromMs, nowMs]` without a gap, the oldest first; the last one is open. Slices grow as long as there
 * is little in them, so that years before the campaign's first call cost few requests. One that could not be read to its
 * end is given again as shorter ones; where it is short already, the slices end before it.
 * @param entries how many the slice before had, or {@link PARTLY_READ}
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

/** Whether a slice that is too much at once can be cut into shorter ones. */
export function canBeCut({ fromMs, untilMs }: Slice): boolean {
  return halfOf(untilMs - fromMs) >= SHORTEST_SLICE_MS;
}

function halfOf(ms: number): number {
  return Math.floor(ms / 2);
}

/** The form of instants in bodies and in progress. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}

const DAY_MS = 86_400_000;

/**
 * The `changedSince` of a listing that must not miss what changed from this instant on: a day whose zone nobody knows,
 * so some days earlier.
 */
export function changedSinceDay(instant: string, daysEarlier: number): string {
  return toInstant(Date.parse(instant) - daysEarlier * DAY_MS).slice(0, 10);
}
