import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';
import { createLearnedDeadlines } from '../concurrency/learned-deadline.js';
import { createStoreTrouble } from '../concurrency/store-trouble.js';
import { type CallOptions, type Claim, isSinkError } from '../contract/index.js';
import { keepLease } from '../daemon/lease.js';
import { claimStream } from '../daemon/lease-standby.js';
import { createShutdown, type Shutdown } from '../daemon/shutdown.js';
import { ClaimLost } from '../emit/claim-lost.js';
import { isDbsyncError } from '../errors/dbsync-error.js';
import type { RunSummary } from '../observe/run-events.js';
import { createRunTally } from '../observe/run-totals.js';
import { finishLoading } from './bulk-load.js';
import { createHeartbeatKeeper, type HeartbeatKeeper } from './keep-heartbeat.js';
import { openSession, type Surroundings } from './open-session.js';
import { createProgressSeen } from './progress-seen.js';
import { createRunApi } from './run-api.js';
import { planOf, type RunContext, type RunSettings } from './run-settings.js';
import type { Session } from './session.js';
import { createStreamStart } from './stream-start.js';
import { watchQueue, watchStore } from './watched-store.js';

/** The time that a call to the store gets, until one of its kind was slower. */
const FIRST_ANSWER_MS = 2 * 60_000;
const STORE_BACKOFF: Backoff = { firstMs: 500, maxMs: 30_000 };

export interface SessionWork {
  /** True for a daemon, which waits for a stream that another process holds. A run that ends does not wait. */
  readonly standBy: boolean;
  /** True for a run that may load a first copy, and that begins or finishes the load itself. Absent: a load is finished before. */
  readonly mayLoad?: boolean;
  /** Called before each claim. A process that stands by so reports at its start what would end it when it takes over. */
  prepare?(options: CallOptions): Promise<void>;
  /** Called once for each claim; returns when there is nothing more to do, or when `session.stop` aborts. */
  run(session: Session): Promise<void>;
}

/**
 * Opens the store, claims the stream and works. Does so again with a higher epoch whenever the claim or the store is
 * lost, for as long as needed; nothing in memory outlives a claim. Ends when the work does, or on a stop.
 */
export async function runClaimLoop(
  given: RunSettings,
  surrounding: RunContext,
  work: SessionWork,
): Promise<RunSummary> {
  const heartbeats = createHeartbeatKeeper(given, surrounding);
  const context = hearing(surrounding, heartbeats);
  const { clock, storeClock, observe } = context;
  const settings = watched(given, context);
  const { store } = settings.sink;
  const startedMs = clock.monotonic();
  const shutdown = createShutdown(context.signal);
  const api = createRunApi(settings, context);
  const tally = createRunTally(api.counters);
  const deadlines = createLearnedDeadlines(storeClock, FIRST_ANSWER_MS);
  const progressSeen = createProgressSeen();
  const streamStart = createStreamStart(startedMs);
  const started = { mode: settings.mode, campaign: settings.campaign, target: settings.sink.target };
  observe({ type: 'started', ...started, plan: planOf(settings) });
  let isOpen = false;
  let ownHolder: string | null = null;
  /** True while it is unknown whether a requested claim was granted. */
  let isAnswerOpen = false;

  const close = async () => {
    shutdown.dispose();
    api.close();
    await store.close();
  };

  const claimAndWork = async () => {
    if (!isOpen) await deadlines.run('open', shutdown.stop, (call) => store.open(call));
    isOpen = true;
    await work.prepare?.({ signal: shutdown.stop });
    const mayHold = isAnswerOpen;
    isAnswerOpen = true;
    const claim = await claimStream({
      store,
      stream: settings.campaign,
      plan: planOf(settings),
      leaseMs: settings.leaseMs,
      standBy: work.standBy,
      ownHolder,
      mayHold,
      clock: storeClock,
      observe,
      onHolderAlive: streamStart.heldByAnother,
      signal: shutdown.stop,
    });
    ownHolder = claim.holder;
    isAnswerOpen = false;
    observe({ type: 'claimed', epoch: claim.epoch });
    const surroundings = { settings, context, api, deadlines, tally, progressSeen, streamStart };
    await workUnderClaim(claim, surroundings, shutdown, work, heartbeats);
  };

  try {
    for (let attempt = 1; !shutdown.stop.aborted; attempt++) {
      const before = tally.totals.rowsInserted + tally.totals.rowsUpdated;
      try {
        await claimAndWork();
        break;
      } catch (error) {
        if (!isPassing(error) && !isStop(error, shutdown.stop)) throw endOf(error);
        if (shutdown.stop.aborted) break;
        if (tally.totals.rowsInserted + tally.totals.rowsUpdated > before) attempt = 1;
        await storeClock.sleep(backoffDelayMs(STORE_BACKOFF, attempt), shutdown.stop).catch(ignoreStop);
      }
    }
  } catch (error) {
    await close().catch(ignoreSecond);
    throw error;
  }
  await close();
  const summary = { mode: settings.mode, tookMs: clock.monotonic() - startedMs, totals: tally.totals };
  observe({ type: 'stopped', summary });
  return summary;
}

async function workUnderClaim(
  claim: Claim,
  surroundings: Surroundings,
  shutdown: Shutdown,
  work: SessionWork,
  heartbeats: HeartbeatKeeper,
): Promise<void> {
  const lease = keepLease(surroundings.settings.sink.store, claim, surroundings.context.storeClock);
  const ended = new AbortController();
  const abandoned = new AbortController();
  const failure = createShutdown(abandoned.signal);
  const halt = AbortSignal.any([lease.lost, shutdown.halt, failure.halt, ended.signal]);
  const stop = AbortSignal.any([halt, shutdown.stop, failure.stop]);
  const done = new AbortController();
  let beating: Promise<void> = Promise.resolve();
  try {
    const abandon = (error: unknown) => abandoned.abort(lease.lost.aborted ? lease.lost.reason : error);
    const session = await openSession(claim, surroundings, { stop, halt, abandon });
    // A daemon runs unattended, and its progress shows that token and campaign were right. A run that ends fails at
    // once.
    if (work.standBy && !session.isNew) session.api.hadAccessBefore();
    beating = heartbeats.follow(session, AbortSignal.any([stop, done.signal])).catch(abandon);
    if (!work.mayLoad) await finishLoading(session);
    await work.run(session);
    // A heartbeat that finds the connection or the claim lost ends the work as a stop does, and is no stop.
    abandoned.signal.throwIfAborted();
    lease.lost.throwIfAborted();
  } catch (error) {
    // The first failure ends the other jobs, whose calls may then be the first to throw.
    abandoned.signal.throwIfAborted();
    throw error;
  } finally {
    done.abort();
    await beating;
    failure.dispose();
    ended.abort(new ClaimLost('the claim has ended'));
    await lease.end(shutdown.halt);
  }
}

/** Returns the context whose events the heartbeats hear too. */
function hearing(context: RunContext, { hear }: HeartbeatKeeper): RunContext {
  const { observe } = context;
  return {
    ...context,
    observe: (event) => {
      hear(event);
      observe(event);
    },
  };
}

/** Returns the settings with a store and a queue whose failures and long troubles are reported. */
function watched(settings: RunSettings, { clock, observe }: RunContext): RunSettings {
  const trouble = createStoreTrouble(clock, observe);
  const { sink, delivery } = settings;
  return {
    ...settings,
    sink: { ...sink, store: watchStore(sink.store, trouble) },
    delivery: delivery && { ...delivery, queue: watchQueue(delivery.queue, trouble) },
  };
}

/** True where another claim may succeed. */
function isPassing(error: unknown): boolean {
  if (error instanceof ClaimLost) return !isDbsyncError(error.cause);
  return isSinkError(error) && (error.verdict === 'retryable' || error.verdict === 'fenced');
}

/** The error that the run ends with: a renewal may have been the call that met it. */
function endOf(error: unknown): unknown {
  return error instanceof ClaimLost && isDbsyncError(error.cause) ? error.cause : error;
}

/** True for the stop itself. Any other failure while the run finishes its writes counts. */
function isStop(error: unknown, stop: AbortSignal): boolean {
  return stop.aborted && error === stop.reason;
}

function ignoreStop(): void {}

/** Ignores later failures: the run reports the first one. */
function ignoreSecond(): void {}
