import { setTimeout as sleep } from 'node:timers/promises';
import { type Ending, exitCodeOf, type StopSignal } from '../exit-code.js';

export interface StopSignals extends Disposable {
  /** Aborts at the first signal: the run drains. */
  readonly signal: AbortSignal;
  readonly received: StopSignal | null;
}

/** The last limit for runs: core drains within 30 s. */
export const RUN_DRAIN_MS = 35_000;

/** Returns the reason for the log when a signal stops a run. */
export function stoppingReason(signal: StopSignal | null): string {
  return `${signal} was received. dbsync finishes its writes first; a second signal ends the process at once.`;
}

/** The signals that ask to stop. Windows sends others for Ctrl+Break and for a console window that is closed. */
const SIGNALS: ReadonlyMap<NodeJS.Signals, StopSignal> = new Map([
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  ...(process.platform === 'win32'
    ? ([
        ['SIGBREAK', 'SIGINT'],
        ['SIGHUP', 'SIGTERM'],
      ] as const)
    : []),
]);

/**
 * Listens for signals. The first one asks to stop; the second ends the process at once, as does a drain that outlasts
 * its limit.
 */
export function listenForStop(drainMs: number): StopSignals {
  const controller = new AbortController();
  let received: StopSignal | null = null;
  let limit: NodeJS.Timeout | undefined;

  const stop = (signal: StopSignal) => {
    if (received !== null) process.exit(exitCodeOf({ kind: 'stopped', signal }));
    received = signal;
    limit = setTimeout(stop, drainMs, signal).unref();
    controller.abort(new Error(`${signal} was received`));
  };
  const hear = (signal: NodeJS.Signals) => stop(SIGNALS.get(signal) ?? 'SIGTERM');
  for (const signal of SIGNALS.keys()) process.on(signal, hear);

  return {
    signal: controller.signal,
    get received() {
      return received;
    },
    [Symbol.dispose]: () => {
      clearTimeout(limit);
      for (const signal of SIGNALS.keys()) process.off(signal, hear);
    },
  };
}

/** Does the work of a command that a signal ends, whatever error the work then ends with. */
export async function unlessStopped(drainMs: number, work: (signal: AbortSignal) => Promise<Ending>): Promise<Ending> {
  using stop = listenForStop(drainMs);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (stop.received !== null) return { kind: 'stopped', signal: stop.received };
    throw error;
  }
}

/** Waits. False where a signal asked to stop meanwhile: then a command that has posted a request says so, and ends. */
export async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return !signal.aborted;
}
