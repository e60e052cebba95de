import type { WallClock } from './simulated-process.ts';
import type { Daemon } from './supervisor.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type ActiveFaults, MINUTE_MS } from './weather.ts';

export interface WrongClocksOptions {
  readonly time: VirtualTime;
  readonly wall: WallClock;
  readonly faults: ActiveFaults;
  readonly daemons: () => readonly Daemon[];
}

/** Both clocks may be ahead by this much, and nothing is skipped. */
const HARMLESS_MS = 2 * MINUTE_MS;
/** dbsync believes a wrong `Date` until two right ones have come. */
const BELIEVED_LONGER_MS = 30 * MINUTE_MS;

/** Looks at both clocks. One wrong clock moves nothing (R4), but nothing tells dbsync that both are wrong. */
export interface WrongClocks {
  /** Both were ahead, and one of them still is, so nothing shows dbsync that its progress is wrong. */
  readonly areMisleading: boolean;
  /** True where no clock was wrong for some time. */
  areRight(): boolean;
  /** Returns the latest instant of true time that both have shown at once so far: progress may reach so far. */
  latest(): number;
  /** The time by which both are behind at once, or were until shortly before: dbsync cannot know of this part of a lag. */
  hiddenLagMs(): number;
  /**
   * Returns by how much the wall clock was set back within this time. A heartbeat of the time before lies in the future, and shows
   * no age.
   */
  setBackMs(withinMs: number): number;
  /** The time by which the wall clock is behind now. */
  readonly wallBehindMs: number;
}

export function createWrongClocks({ time, wall, faults, daemons }: WrongClocksOptions): WrongClocks {
  let apiAheadMs = 0;
  let seenMs = Number.NEGATIVE_INFINITY;
  let bothMs = Number.NEGATIVE_INFINITY;
  let bothBehindMs = 0;
  let behindSeenMs = Number.NEGATIVE_INFINITY;
  let wrongSeenMs = Number.NEGATIVE_INFINITY;
  /** Each offset of the wall clock, and when it was seen last. */
  const wallOffsets: { readonly offsetMs: number; lastMs: number }[] = [];
  const look = () => {
    const last = wallOffsets.at(-1);
    if (last?.offsetMs === wall.offsetMs) last.lastMs = time.nowMs;
    else wallOffsets.push({ offsetMs: wall.offsetMs, lastMs: time.nowMs });
    const skews = faults.of('date-skew').map(({ skewMs }) => skewMs);
    const skewMs = Math.max(0, ...skews);
    if (skewMs > 0 || time.nowMs - seenMs > BELIEVED_LONGER_MS) apiAheadMs = skewMs;
    if (skewMs > 0) seenMs = time.nowMs;
    // A process goes on by the wall clock of its start until the API agrees with another one.
    const walls = [wall.offsetMs, ...daemons().map(({ wallAtStartMs }) => wallAtStartMs)];
    if (skews.length > 0 || walls.some((offsetMs) => offsetMs !== 0)) wrongSeenMs = time.nowMs;
    const machineAheadMs = Math.max(...walls);
    bothMs = Math.max(bothMs, time.nowMs + Math.min(apiAheadMs, machineAheadMs));
    const behindMs = Math.max(0, -Math.max(Math.min(...skews, 0), Math.min(...walls)));
    if (behindMs > 0 || time.nowMs - behindSeenMs > BELIEVED_LONGER_MS) bothBehindMs = behindMs;
    if (behindMs > 0) behindSeenMs = time.nowMs;
    return Math.max(apiAheadMs, machineAheadMs);
  };
  return {
    get areMisleading() {
      const aheadMs = look();
      return aheadMs > 0 && bothMs > time.nowMs + HARMLESS_MS;
    },
    areRight() {
      look();
      return time.nowMs - wrongSeenMs > BELIEVED_LONGER_MS;
    },
    latest() {
      look();
      return bothMs;
    },
    hiddenLagMs() {
      look();
      return bothBehindMs;
    },
    get wallBehindMs() {
      return Math.max(0, -wall.offsetMs);
    },
    setBackMs(withinMs) {
      look();
      const recent = wallOffsets.filter(({ lastMs }) => lastMs >= time.nowMs - withinMs);
      return Math.max(...recent.map(({ offsetMs }) => offsetMs)) - wall.offsetMs;
    },
  };
}
