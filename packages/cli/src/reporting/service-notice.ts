import { type Clock, type Observer, type RunEvent, systemClock } from '@dbsync/core';
import { lateAfterMs } from '@dbsync/core/cli-kit';
import type { SinkNotice } from '@dbsync/core/contract';
import type { Variables } from '../options/invocation.js';
import { systemReason } from '../system-reason.js';
import { sendByNotifyProgram } from './send-by-notify-program.js';

/**
 * Reports to systemd that the service has started, its state in words, and that it does its work. systemd ends a process whose
 * watchdog is not fed for `WatchdogSec`.
 *
 * The watchdog is fed while cycles complete or other progress is made, and while the run has reported why it completes none: it waits for the API,
 * the database, the receiver or another process that holds the campaign, builds keys, or begins the work of a claim. So an outage restarts nothing, and a
 * process that hangs without a reason is ended.
 */
export interface ServiceNotice {
  /**
   * Follows one run. The first one that starts has read its options, so `systemctl start` returns. Of several runs in a process, one that
   * lives feeds the watchdog: a restart would stop it too.
   */
  follow(intervalMs: number): FollowedRun;
  /** Resolves when no report is under way. */
  close(): Promise<void>;
}

export interface FollowedRun {
  readonly observe: Observer;
  /** Notes that the run has ended, in whatever way. */
  end(): void;
}

/** Sends assignments such as `WATCHDOG=1` to the service manager. Rejects where they did not arrive. */
type SendToManager = (assignments: readonly string[]) => Promise<void>;

interface ServiceNoticeOptions {
  /** The environment, which names the socket of systemd. */
  readonly variables: Variables;
  readonly notify: (notice: SinkNotice) => void;
  readonly clock?: Clock;
  readonly send?: SendToManager;
}

/** Opens the reports; null where no service manager waits for them. */
export function openServiceNotice(options: ServiceNoticeOptions): ServiceNotice | null {
  const { variables, notify, clock = systemClock, send = sendByNotifyProgram(variables) } = options;
  if (!variables.NOTIFY_SOCKET) return null;
  const closing = new AbortController();
  const watchdogMs = Number(variables.WATCHDOG_USEC ?? 0) / 1_000;
  const lives = new Set<Life>();
  let isReady = false;
  let isReported = false;
  let sending = Promise.resolve();

  const report = (...assignments: readonly string[]) => {
    sending = sending.then(() => send(assignments)).then(noteSuccess, noteFailure);
  };
  const noteSuccess = () => {
    isReported = false;
  };
  const noteFailure = (error: unknown) => {
    if (isReported) return;
    isReported = true;
    const message = `systemd-notify could not reach systemd (${systemReason(error)}), so the unit counts as not started or as hanging.`;
    notify({ level: 'warn', code: 'CLI_NOTIFY_FAILED', message });
  };
  const feed = async () => {
    while (watchdogMs > 0) {
      await clock.sleep(watchdogMs / FEEDS, closing.signal);
      if (lives.size === 0 || [...lives].some((life) => life.isAlive()))
        report('WATCHDOG=1', `STATUS=${stateOf([...lives])}`);
    }
  };
  const feeding = feed().catch(ignoreEnd);

  return {
    follow(intervalMs) {
      const life = followLife(clock, Math.max(lateAfterMs(intervalMs), watchdogMs));
      lives.add(life);
      return {
        observe(event) {
          life.hear(event);
          if (event.type === 'started' && !isReady) {
            isReady = true;
            report('READY=1', `STATUS=${stateOf([...lives])}`);
          }
          if (event.type === 'stopping' && [...lives].every((other) => other.isStopping())) {
            report('STOPPING=1', 'STATUS=stopping');
          }
        },
        end: () => void lives.delete(life),
      };
    },
    async close() {
      closing.abort();
      await feeding;
      await sending;
    },
  };
}

/** Returns the states of all runs, each once with the number of runs that have it. */
function stateOf(lives: readonly Life[]): string {
  const counts = Map.groupBy(lives, (life) => life.state(lives.length === 1));
  if (lives.length === 1) return [...counts.keys()].join('');
  return Array.from(counts, ([state, those]) => `${those.length} ${state}`).join(', ') || 'starting';
}

/** The number of times that the watchdog is fed within its time. */
const FEEDS = 3;

/** Follows a run: whether it works, or knows what it waits for. */
interface Life {
  hear(event: RunEvent): void;
  /** True unless the run has given no sign for longer than it may, and has named no reason for it. */
  isAlive(): boolean;
  isStopping(): boolean;
  /** Returns the state in words, without anything that comes from outside. @param isExact with figures and codes */
  state(isExact: boolean): string;
}

/** @param patienceMs how long a run may give no sign */
function followLife(clock: Clock, patienceMs: number): Life {
  /** The other sides that the run waits for, with the code of the reason. */
  const awaited = new Map<string, string>();
  /** The work without cycles that the run has begun; null: cycles are due. */
  let work: string | null = 'starting';
  let signMs = clock.monotonic();
  let lagMs: number | null = null;
  return {
    hear(event) {
      if (SIGNS.has(event.type)) signMs = clock.monotonic();
      if (event.type === 'waiting') awaited.set(event.for, event.code);
      if (event.type === 'recovered') awaited.delete(event.for);
      if (Object.hasOwn(WORK, event.type)) work = WORK[event.type] ?? null;
      if (event.type === 'cycle') [work, lagMs] = [null, event.lagMs];
    },
    isAlive: () => awaited.size > 0 || work !== null || clock.monotonic() - signMs <= patienceMs,
    isStopping: () => work === WORK.stopping,
    state(isExact) {
      const waits = Array.from(awaited, ([side, code]) => `waiting for the ${side}${isExact ? ` (${code})` : ''}`);
      if (waits.length > 0) return waits.join(' and ');
      if (work !== null) return work;
      return lagMs === null || !isExact ? 'working' : `working, ${Math.round(lagMs / 1_000)} s behind`;
    },
  };
}

/** Events that show progress. */
const SIGNS: ReadonlySet<RunEvent['type']> = new Set([
  'claimed',
  'recovered',
  'survey',
  'listed',
  'progress',
  'part-done',
  'filling',
  'cycle',
  'delivery',
]);

/** Events that begin work without cycles. */
const WORK: Readonly<Partial<Record<RunEvent['type'], string>>> = {
  claimed: 'starting',
  standby: 'standing by: another process holds the campaign',
  building: 'building keys and indexes',
  stopping: 'stopping',
};

/** Ignores the end of the sleep. */
function ignoreEnd(): void {}
