import type { Clock, RunEvent } from '@dbsync/core';
import { createSemaphore } from '@dbsync/core/cli-kit';

/** The number of campaigns that start at a time. */
const PLACES = 4;
/** A start that has not come through by then gives its place away, and goes on beside the others. */
const HOLD_MS = 15_000;
/** The longest pause between two starts. */
const MAX_GAP_MS = 1_000;

/**
 * Lets campaigns start a few at a time, in the order in which they come, and never at the same moment. A start takes memory
 * and time for its first listing and its first batches, so a hundred at once are slower than a hundred in turn. A campaign repeats its
 * work each interval from its own start on, so starts that are apart spread the cycles too.
 */
export interface StartQueue {
  /** Takes a place once one is free. Rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<StartPlace>;
}

/** The place of a campaign among those that start. It goes to the next campaign after 15 s at the latest. */
export interface StartPlace {
  /** Notes an event of the run: some show that the start is over, or waits for another side. */
  hear(event: RunEvent): void;
  /** Gives the place to the next campaign. May be called again. */
  leave(): void;
}

export interface StartQueueOptions {
  readonly clock: Clock;
  /** Returns the intervals of all campaigns of the process. */
  readonly intervalsMs: () => readonly number[];
}

export function createStartQueue({ clock, intervalsMs }: StartQueueOptions): StartQueue {
  const places = createSemaphore(PLACES);
  const door = createSemaphore(1);
  let nextMs = clock.monotonic();

  const passDoor = async (signal: AbortSignal) => {
    const pauseMs = nextMs - clock.monotonic();
    if (pauseMs > 0) await clock.sleep(pauseMs, signal);
    nextMs = clock.monotonic() + gapOf(intervalsMs());
  };

  return {
    async enter(signal) {
      await places.enter(signal);
      try {
        await door.run(() => passDoor(signal), signal);
      } catch (error) {
        places.leave();
        throw error;
      }
      const left = new AbortController();
      const leave = () => {
        if (left.signal.aborted) return;
        left.abort();
        places.leave();
      };
      void clock.sleep(HOLD_MS, left.signal).then(leave, ignoreEnd);
      return {
        leave,
        hear({ type }) {
          if (COME_THROUGH.has(type)) leave();
        },
      };
    },
  };
}

/** Events that show that a campaign has done its first work, or that another side holds it up. */
const COME_THROUGH: ReadonlySet<RunEvent['type']> = new Set(['cycle', 'standby', 'waiting', 'stopped']);

/** Returns the pause after a start: all campaigns start within one interval, as far as their starts are quick enough. */
function gapOf(intervalsMs: readonly number[]): number {
  return intervalsMs.length < 2 ? 0 : Math.min(MAX_GAP_MS, Math.min(...intervalsMs) / intervalsMs.length);
}

/** Ignores the end of the sleep: the place was left before. */
function ignoreEnd(): void {}
