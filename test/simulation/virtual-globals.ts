import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { WallClock } from './simulated-process.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The first instant of every world, on a clock that is right. */
export const WORLD_BEGINS_MS = Date.UTC(2026, 2, 2);

const realImmediate = globalThis.setImmediate;

/** Does work in the next turn of Node's own event loop: all promises that can run have run then. */
export function inTurnOfNode<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    realImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/**
 * Runs all promises that can run, within a turn of the event loop, as Node itself does between two timers. A turn for each
 * step took a fifth of a simulation.
 */
export const runPromises: () => void = tickCallback();

function tickCallback(): () => void {
  const { _tickCallback: run } = process as { readonly _tickCallback?: () => void };
  if (run === undefined)
    throw new Error('This Node.js has no process._tickCallback: worlds cannot be simulated with it.');
  return run;
}

/** The parts of a world that take the place of real time and real chance. */
export interface UsedWorld {
  readonly time: VirtualTime;
  /** The wall clock of the machine, which all its processes share. */
  readonly wall: WallClock;
  readonly random: () => number;
}

/** The world whose time and chance the process has. */
export interface VirtualGlobals {
  use(world: UsedWorld): void;
}

/**
 * Takes real time and real chance away from this process: timers, turns of the event loop, `performance.now`,
 * `Date.now` and `Math.random` are those of the world in use. Node itself keeps its own inside.
 */
export function installVirtualGlobals(): VirtualGlobals {
  let world: UsedWorld | null = null;
  const current = () => {
    if (world === null) throw new Error('No world is in use.');
    return world;
  };
  const immediate = (value?: unknown, options?: { readonly signal?: AbortSignal }) =>
    new Promise((resolve, reject) => {
      current().time.soon(() => (options?.signal?.aborted ? reject(options.signal.reason) : resolve(value)));
    });
  const later = (fire: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
    current().time.at(current().time.nowMs + ms, () => fire(...args));

  Object.assign(globalThis, {
    setImmediate: (fire: (...args: unknown[]) => void, ...args: unknown[]) => current().time.soon(() => fire(...args)),
    setTimeout: (fire: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => later(fire, ms, ...args),
    clearTimeout: (callOff: unknown) => typeof callOff === 'function' && callOff(),
  });
  Object.assign(timersPromises, { setImmediate: immediate });
  syncBuiltinESMExports();
  performance.now = () => current().time.nowMs;
  Date.now = () => WORLD_BEGINS_MS + current().time.nowMs + current().wall.offsetMs;
  Math.random = () => current().random();

  return {
    use: (used) => {
      world = used;
    },
  };
}
