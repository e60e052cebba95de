import type { Clock } from '../concurrency/clock.js';
import { withDeadline } from '../concurrency/deadline.js';
import type { Claim, LeaseHolder, StoreSink, Stream } from '../contract/index.js';
import { DbsyncError } from '../errors/dbsync-error.js';
import type { Observer } from '../observe/run-events.js';
import { isCertainlyDead, isThisProcess, thisProcess } from './process-identity.js';

export interface StandbyOptions {
  readonly store: StoreSink;
  readonly stream: Stream;
  readonly plan: string;
  readonly leaseMs: number;
  /** True: wait until the stream is free, as a daemon does. False: refuse at once, as a run does that ends. */
  readonly standBy: boolean;
  /** The holder of this process's earlier claim, which it may take back at once (R11). */
  readonly ownHolder: string | null;
  /**
   * True if an earlier claim of this run got no answer. Then a holder with the identity of this process is that claim.
   */
  readonly mayHold: boolean;
  /** The real clock: leases are measured in real time. */
  readonly clock: Clock;
  readonly observe: Observer;
  /** Called whenever the process that holds the stream has renewed its claim meanwhile. */
  readonly onHolderAlive: () => void;
  readonly signal: AbortSignal;
}

/** When a holder's counter has stood still for this many leases, a standby takes the holder for frozen (R13). */
const STANDSTILL_SHARE = 4 / 3;
const POLLS_PER_LEASE = 6;
/** A claim is one statement or two: if no answer comes within this time, none will come. */
const ANSWER_MS = 60_000;

/**
 * Claims the stream. It takes over from a holder that is dead for certain, or whose counter stands still for four
 * thirds of a lease by the monotonic clock of this process. The fence makes that safe, even if the holder still runs.
 * Throws `STREAM_HELD` or `STREAM_PLAN_DIFFERS` if it must not wait or need not wait.
 */
export async function claimStream(options: StandbyOptions): Promise<Claim> {
  const { store, stream, plan, leaseMs, clock, observe, signal } = options;
  let takeOverFrom = options.ownHolder;
  let watched = { holder: '', beats: '', sinceMs: 0, isAlive: false };
  let announced: string | null = null;

  for (;;) {
    const by = takeOverFrom === null ? {} : { takeOverFrom };
    const answer = await withDeadline(clock, ANSWER_MS, signal, (call) =>
      store.claim(stream, plan, { leaseMs, process: thisProcess(), ...call, ...by }),
    );
    if (answer.granted) return answer.claim;

    const { heldBy } = answer;
    const { holder, beats } = heldBy;
    const isSame = watched.holder === holder;
    const hasMoved = !isSame || watched.beats !== beats;
    if (hasMoved) watched = { holder, beats, sinceMs: clock.monotonic(), isAlive: isSame };
    if (hasMoved && isSame) options.onHolderAlive();
    const standsStill = clock.monotonic() - watched.sinceMs > leaseMs * STANDSTILL_SHARE;
    const isOurs = options.mayHold && isThisProcess(heldBy.process);
    const isSuperseded = takeOverFrom !== heldBy.holder && (standsStill || isOurs || isCertainlyDead(heldBy.process));
    takeOverFrom = isSuperseded ? heldBy.holder : null;
    if (isSuperseded) continue;

    refuseToWait(heldBy, watched.isAlive, options);
    if (announced !== heldBy.holder) {
      announced = heldBy.holder;
      observe({ type: 'standby', holder: nameOf(heldBy), expiresInMs: heldBy.expiresInMs });
    }
    await clock.sleep(leaseMs / POLLS_PER_LEASE, signal);
  }
}

/**
 * Throws if the process must not wait. A daemon refuses another plan only after it has seen the holder renew: a holder
 * that died on another machine leaves its lease for a while.
 */
function refuseToWait(heldBy: LeaseHolder, isAlive: boolean, { stream, plan, standBy }: StandbyOptions): void {
  if (heldBy.plan !== plan && (isAlive || !standBy)) {
    throw new DbsyncError(
      'STREAM_PLAN_DIFFERS',
      `Campaign ${stream} is being copied by ${nameOf(heldBy)} with "${heldBy.plan}", and this process has "${plan}". ` +
        'Give this process another --table-prefix, or the same options as the other process.',
    );
  }
  if (standBy) return;
  throw new DbsyncError(
    'STREAM_HELD',
    `Campaign ${stream} is being copied by ${nameOf(heldBy)}. Stop that process first; its lease ends in ${Math.ceil(heldBy.expiresInMs / 1000)} s.`,
  );
}

function nameOf({ process: { host, pid } }: LeaseHolder): string {
  return `process ${pid} on ${host}`;
}
