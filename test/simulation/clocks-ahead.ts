import type { WallClock } from './simulated-process.ts';
import type { Daemon } from './supervisor.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type ActiveFaults, MINUTE_MS } from './weather.ts';

export interface ClocksAheadOptions {
  readonly time: VirtualTime;
  readonly wall: WallClock;
  readonly faults: ActiveFaults;
  readonly daemons: () => readonly Daemon[];
}

/** Both clocks may be ahead by this much, and nothing is skipped. */
const HARMLESS_MS = 2 * MINUTE_MS;
/** A wrong `Date` is believed until two right ones have come. */
const BELIEVED_LONGER_MS = 30 * MINUTE_MS;

/** Watches both clocks: one that is ahead moves nothing (R4), but dbsync cannot notice that both are. */
export interface ClocksAhead {
  /** True where both were ahead, and one of them still is, so dbsync cannot see that its progress is wrong. */
  readonly areMisleading: boolean;
  /** Returns the latest instant of true time that both have shown at once so far: progress may reach so far. */
  latest(): number;
}

export function createClocksAhead({ time, wall, faults, daemons }: ClocksAheadOptions): ClocksAhead {
  let apiAheadMs = 0;
  let seenMs = Number.NEGATIVE_INFINITY;
  let bothMs = Number.NEGATIVE_INFINITY;
  const look = () => {
    const skewMs = Math.max(0, ...faults.of('date-skew').map((fault) => fault.skewMs));
    if (skewMs > 0 || time.nowMs - seenMs > BELIEVED_LONGER_MS) apiAheadMs = skewMs;
    if (skewMs > 0) seenMs = time.nowMs;
    // A process goes on by the wall clock of its start until the API agrees with another one.
    const machineAheadMs = Math.max(wall.offsetMs, ...daemons().map(({ wallAtStartMs }) => wallAtStartMs));
    bothMs = Math.max(bothMs, time.nowMs + Math.min(apiAheadMs, machineAheadMs));
    return Math.max(apiAheadMs, machineAheadMs);
  };
  return {
    get areMisleading() {
      const aheadMs = look();
      return aheadMs > 0 && bothMs > time.nowMs + HARMLESS_MS;
    },
    latest() {
      look();
      return bothMs;
    },
  };
}
