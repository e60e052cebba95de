import type { Batch, LeaseHolder } from '@dbsync/core/contract';
import type { CopyWatch } from './copy-watch.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedTarget } from './simulated-target.ts';
import type { StreamSettings } from './stream-settings.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { WrongClocks } from './wrong-clocks.ts';

export interface CopyStartsOptions {
  readonly time: VirtualTime;
  readonly target: SimulatedTarget;
  readonly settings: StreamSettings;
  readonly watch: Pick<CopyWatch, 'beginsAgain'>;
  readonly wrongClocks: Pick<WrongClocks, 'latest'>;
}

/**
 * Follows where the copy begins. A target that has lost its rows and its progress is as a new one: without `--since` a new copy
 * begins there, and dbsync says so (`COPY_BEGINS_NOW`). It begins at the start of the process that finds the target so, or, where
 * that process had a copy before, or saw another one renew its claim, at its first claim after that (R28).
 */
export interface CopyStarts {
  /** Notes that another process holds the stream. */
  refused(heldBy: Pick<LeaseHolder, 'holder' | 'beats'>, process: SimulatedProcess): void;
  claimed(process: SimulatedProcess): void;
  /** Notes that the process has read the state of the stream, and whether it found progress. */
  read(process: SimulatedProcess, hasProgress: boolean): void;
  committed(batch: Pick<Batch, 'progress'>, process: SimulatedProcess): void;
}

/** The clocks of API and machine may agree by so much on a later time. */
const CLOCK_TOLERANCE_MS = 60_000;

export function createCopyStarts({ time, target, settings, watch, wrongClocks }: CopyStartsOptions): CopyStarts {
  /** The monotonic time from which a process owes a new copy; null: from its next claim. Absent: from its start. */
  const owesSinceMs = new Map<SimulatedProcess, number | null>();
  const heldBy = new Map<SimulatedProcess, Pick<LeaseHolder, 'holder' | 'beats'>>();
  const foundNothing = new Set<SimulatedProcess>();
  /** The true start of a copy that began while both clocks were ahead; null: there is none. */
  let misledStartMs: number | null = null;

  const begin = (process: SimulatedProcess) => {
    const owedMs = owesSinceMs.get(process) ?? process.startedMs;
    const startMs = time.nowMs - (process.clock.monotonic() - owedMs);
    if (settings.since === null) settings.startMs = startMs;
    watch.beginsAgain(settings.startMs, time.nowMs);
    misledStartMs = wrongClocks.latest() > time.nowMs + CLOCK_TOLERANCE_MS ? startMs : null;
  };

  return {
    refused({ holder, beats }, process) {
      const before = heldBy.get(process);
      if (before?.holder === holder && before.beats !== beats) owesSinceMs.set(process, null);
      heldBy.set(process, { holder, beats });
    },
    claimed(process) {
      if (owesSinceMs.get(process) === null) owesSinceMs.set(process, process.clock.monotonic());
    },
    read(process, hasProgress) {
      if (hasProgress) owesSinceMs.set(process, null);
      if (target.holdsNothing()) foundNothing.add(process);
      else foundNothing.delete(process);
    },
    committed({ progress }, process) {
      if (!progress) return;
      if (foundNothing.has(process)) begin(process);
      foundNothing.clear();
      owesSinceMs.set(process, null);
      // Nothing shows that both clocks are ahead: the copy begins where they say, and is pulled back to the time when they are right.
      if (misledStartMs === null || settings.since !== null || progress.since === null) return;
      settings.startMs = Math.max(misledStartMs, Date.parse(progress.since) - WORLD_BEGINS_MS);
    },
  };
}
