import { SinkError } from '@dbsync/core/contract';

/** A change of a zone's distance from UTC. */
export interface OffsetChange {
  /** The time in UTC, spelled as `2026-03-29 01:00:00`. */
  readonly at: string;
  /** Seconds ahead of UTC from then on. */
  readonly seconds: number;
}

/** The distances of a zone from UTC. */
export interface ZoneOffsets {
  /** Seconds ahead of UTC before the first change. */
  readonly first: number;
  /** The changes, oldest first. */
  readonly changes: readonly OffsetChange[];
}

const FIRST_YEAR = 2000;
/**
 * The number of future years for which a view has the present rules of a zone; each start makes outdated views again.
 */
const YEARS_AHEAD = 10;
/** No zone has changed twice within a week since then. */
const STEP_MS = 7 * 86_400_000;

const known = new Map<string, ZoneOffsets>();

/**
 * Returns the distances of a zone from UTC, by the time zone data of Node: not every engine knows zones, and those that
 * do may know other rules.
 *
 * @throws a fatal SinkError for a name that is no zone
 */
export function zoneOffsets(timeZone: string, now = new Date()): ZoneOffsets {
  const lastYear = now.getUTCFullYear() + YEARS_AHEAD;
  const key = `${lastYear} ${timeZone}`;
  const found = known.get(key) ?? readOffsets(timeZone, lastYear);
  known.set(key, found);
  return found;
}

function readOffsets(timeZone: string, lastYear: number): ZoneOffsets {
  const offsetAt = offsetsOf(timeZone);
  const endMs = Date.UTC(lastYear + 1, 0, 1);
  let fromMs = Date.UTC(FIRST_YEAR, 0, 1);
  const first = offsetAt(fromMs);
  let seconds = first;
  const changes: OffsetChange[] = [];
  for (; fromMs < endMs; fromMs += STEP_MS) {
    const next = offsetAt(fromMs + STEP_MS);
    if (next === seconds) continue;
    changes.push({ at: spelled(changeWithin(offsetAt, fromMs, fromMs + STEP_MS)), seconds: next });
    seconds = next;
  }
  return { first, changes };
}

/** Finds the second of the change between two times. */
function changeWithin(offsetAt: (ms: number) => number, fromMs: number, toMs: number): number {
  const before = offsetAt(fromMs);
  let [low, high] = [fromMs / 1000, toMs / 1000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === before) low = middle;
    else high = middle;
  }
  return high * 1000;
}

function offsetsOf(timeZone: string): (ms: number) => number {
  const parts = formatOf(timeZone);
  return (ms) => {
    const found = Object.fromEntries(parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = found;
    return (Date.UTC(year, month - 1, day, hour, minute, second) - ms) / 1000;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      ...({ year: 'numeric', month: 'numeric', day: 'numeric' } as const),
      ...({ hour: 'numeric', minute: 'numeric', second: 'numeric' } as const),
    });
  } catch (cause) {
    const message = `--time-zone: ${JSON.stringify(timeZone)} is no time zone`;
    throw new SinkError('SQL_ZONE_UNKNOWN', message, { verdict: 'fatal', outcome: 'not-committed', cause });
  }
}

function spelled(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
