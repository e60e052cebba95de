import { withDeadline } from '../concurrency/deadline.js';
import { type CallOptions, isSinkError } from '../contract/index.js';
import type { RunEvent } from '../observe/run-events.js';
import { heartbeatText } from './heartbeat.js';
import { lagOf } from './lag.js';
import { createRunNews } from './run-news.js';
import type { RunContext, RunSettings } from './run-settings.js';
import type { Session } from './session.js';

/**
 * Keeps the heartbeat of a run in the store: at once under each claim, then with each cycle, and without one after one and
 * a half intervals. A failure never harms the copy; it is reported once. It outlives claims, and hears all events of the run.
 */
export interface HeartbeatKeeper {
  hear(event: RunEvent): void;
  /** Keeps heartbeats of a session until the signal aborts. Ends the session where a heartbeat finds the claim lost. */
  follow(session: Session, signal: AbortSignal): Promise<void>;
}

/** After this many intervals without a heartbeat one is kept without a cycle: a cycle hangs, or the run has none. */
const PATIENT_INTERVALS = 1.5;
/** The time that a heartbeat gets. It is fixed, since the end of a run waits for it while it holds the lease. */
const ANSWER_MS = 30_000;
/** No call takes this time: the machine slept meanwhile. The content of the heartbeat is as old, but it counts as fresh. */
const SLEPT_MS = 2 * ANSWER_MS;
/** A store that is only busy, as while many daemons begin, is not reported before. */
const REPORT_AFTER_MS = 60_000;

export function createHeartbeatKeeper(settings: RunSettings, context: RunContext): HeartbeatKeeper {
  const { clock, storeClock, ticker, observe } = context;
  const news = createRunNews(() => clock.monotonic());
  /** The progress was pulled back, so the lag is another one than the last heartbeat says. */
  let isOutdated = false;
  let isReported = false;
  let failedSinceMs: number | null = null;

  const tell = (error: unknown) => {
    failedSinceMs ??= clock.monotonic();
    const mayPass = isSinkError(error) && error.verdict === 'retryable';
    if (isReported || (mayPass && clock.monotonic() - failedSinceMs < REPORT_AFTER_MS)) return;
    isReported = true;
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The heartbeat could not be kept (${reason}): dbsync status shows an older state.`;
    observe({ type: 'notice', level: 'warn', code: 'HEARTBEAT_NOT_KEPT', message });
  };

  const keep = async (session: Session, heldMs: number): Promise<void> => {
    const { store, claim, halt, abandon } = session;
    const text = heartbeatText({ ...news.state(), ...stateOf(settings, session), heldMs });
    try {
      const keepText = async (call: CallOptions) => store.reporting?.keepHeartbeat(claim, text, call);
      await withDeadline(storeClock, ANSWER_MS, halt, keepText);
      failedSinceMs = null;
    } catch (error) {
      if (halt.aborted) return;
      if (isSinkError(error) && (error.connectionLost || error.verdict === 'fenced')) abandon(error);
      else tell(error);
    }
  };

  return {
    hear(event) {
      news.hear(event);
      if (event.type === 'notice' && event.code === 'PROGRESS_AHEAD') isOutdated = true;
    },
    async follow(session, signal) {
      if (session.store.reporting === undefined) return;
      const claimedMs = clock.monotonic();
      let keptMs: number | null = null;
      let keptCycles = 0;
      news.startOver();
      for await (const _ of ticker(signal)) {
        const nowMs = clock.monotonic();
        const isLate = keptMs === null || nowMs - keptMs >= PATIENT_INTERVALS * settings.intervalMs;
        if (!isLate && !isOutdated && keptCycles === news.cycles()) continue;
        [keptMs, keptCycles, isOutdated] = [nowMs, news.cycles(), false];
        const wallMs = clock.now();
        await keep(session, nowMs - claimedMs);
        if (Math.max(clock.monotonic() - nowMs, clock.now() - wallMs) > SLEPT_MS) keptMs = null;
      }
    },
  };
}

function stateOf({ mode, intervalMs }: RunSettings, session: Session) {
  const hasCycles = mode === 'db_sync' || mode === 'webhook';
  // Before the first answer only the machine's clock is known. If it is behind, it would show no lag.
  const lagMs = hasCycles && session.api.clocks() !== null ? lagOf(session) : null;
  return { mode, intervalMs, lagMs: lagMs === null ? null : lagMs + session.api.unseenMs() };
}
