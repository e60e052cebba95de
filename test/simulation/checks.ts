import type { Batch, Claim, Progress } from '@dbsync/core/contract';
import { type CampaignCall, isCallId } from './campaign.ts';
import { CALLS_LATE_MS } from './compare-copy.ts';
import { createDeadlineCheck, type DeadlineOptions } from './deadline-check.ts';
import type { WallClock } from './simulated-process.ts';
import { createStatusCheck } from './status-check.ts';
import type { Daemon } from './supervisor.ts';
import { INVARIANTS, type Invariant, type Violation } from './violations.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import { DAY_MS, MINUTE_MS, type Spell } from './weather.ts';
import type { WrongClocks } from './wrong-clocks.ts';

export interface CheckOptions extends Omit<DeadlineOptions, 'recoveryMs' | 'broken'> {
  readonly wall: WallClock;
  readonly daemons: () => readonly Daemon[];
  /** All calls that ever came in. */
  readonly calls: readonly CampaignCall[];
}

/** Checks all the time whether the promises are kept. */
export interface Checks {
  readonly violations: readonly Violation[];
  /** The number of times that each promise was checked. */
  readonly counts: ReadonlyMap<Invariant, number>;
  broken(invariant: Invariant, what: string): void;
  requested(): void;
  claimed(claim: Claim): void;
  committed(batch: Batch, claim: Claim): void;
  faultEnded(spell: Spell): void;
  /** The store was replaced: its lag is not known before the next commit. */
  replaced(): void;
  /** Notes that rows of these contacts were removed: they are due with the next listing of all contacts. */
  removed(contactIds: readonly string[]): void;
  /** Notes that all inbound calls were removed. */
  callsRemoved(): void;
  /**
   * Checks the promises. @param calmMs how long no fault has been active; null: one may be
   * @param isAtRest true where the campaign has not changed for two intervals either
   */
  check(calmMs: number | null, isAtRest: boolean): void;
  /** Checks that `dbsync status` calls no copy current that is late. */
  checkStatus(): Promise<void>;
}

/** The most requests in five minutes; more are a fault. */
const MOST_REQUESTS = 3_000;
/** The most requests in five minutes where nothing changes. */
const MOST_REQUESTS_AT_REST = 60;
/** The clock of the API may be believed to be so far ahead (R4). */
const CLOCK_TOLERANCE_MS = 12 * MINUTE_MS;
/**
 * Calls of a week are read again each day, so removed calls of six days must come back within a day. Older ones come
 * back only where the table is found empty at a start (R16b): a running daemon reads no further back.
 */
const CALLS_READ_AGAIN_MS = 6 * DAY_MS;
const SECOND_MS = 1_000;

export function createChecks(options: CheckOptions): Checks {
  const { time, target, intervalMs, wrongClocks } = options;
  const violations: Violation[] = [];
  const counts = new Map<Invariant, number>(INVARIANTS.map((invariant) => [invariant, 0]));
  const boundMs = Math.max(2 * intervalMs, 6 * MINUTE_MS);
  const broken = (invariant: Invariant, what: string) => void violations.push({ invariant, atMs: time.nowMs, what });
  const count = (invariant: Invariant) => counts.set(invariant, (counts.get(invariant) ?? 0) + 1);
  const deadline = createDeadlineCheck({ ...options, recoveryMs: boundMs, broken });
  /**
   * The holder of the newest claim; null: the store was set back, and the holder that it knows cannot be seen from
   * here.
   */
  let holder: string | null = null;
  /** The instant when a call of the store hung last: it lasts beyond the fault. */
  let hungMs = Number.NEGATIVE_INFINITY;
  const requests = createRequestCheck((what) => broken('requests', what));

  const checkConvergence = (calmMs: number) => {
    count('convergence');
    const isExcused = (id: string) => deadline.isExcused(id) || (isCallId(id) && calmMs < boundMs + CALLS_LATE_MS);
    for (const difference of target.differences(time.nowMs - boundMs, isExcused)) broken('convergence', difference);
  };
  const lagReports = createLagReportChecks(options, wrongClocks, (flaw) => broken('told', flaw));

  return {
    violations,
    counts,
    broken,
    requested() {
      requests.requested();
      lagReports.requested();
    },
    claimed(claim) {
      holder = claim.holder;
      lagReports.claimed();
    },
    committed({ progress }, claim) {
      if (holder !== null && claim.holder !== holder)
        broken('safety', 'a writer whose claim was taken over has committed');
      if (!progress) return;
      count('safety');
      lagReports.committed(instantOf(progress.eventsUntil));
      for (const flaw of tooFarAhead(progress, time.nowMs, Math.max(time.nowMs, wrongClocks.latest())))
        broken('safety', flaw);
    },
    faultEnded(spell) {
      deadline.faultEnded(spell);
      lagReports.faultEnded(spell);
    },
    replaced() {
      lagReports.replaced();
      holder = null;
    },
    removed: (contactIds) => deadline.excuse(contactIds),
    callsRemoved() {
      for (const { id, startedMs } of options.calls) {
        deadline.excuse([id], startedMs < time.nowMs - CALLS_READ_AGAIN_MS);
      }
    },
    checkStatus: lagReports.checkStatus,
    check(calmMs, isAtRest) {
      if (options.daemons().some(({ connection }) => connection.hanging > 0)) hungMs = time.nowMs;
      const quietMs = Math.min(calmMs ?? 0, time.nowMs - hungMs);
      if (quietMs >= boundMs) checkConvergence(quietMs);
      count('deadline');
      deadline.check();
      if (options.daemons().length > 0) count('running');
      count('told');
      lagReports.check();
      count('requests');
      requests.check(isAtRest);
    },
  };
}

/**
 * A process that has claimed the copy keeps its first heartbeat before the API answers, and one that was frozen or asleep may finish
 * one from before. The next one comes with the next tick, after 30 s, and a slow store takes it 20 s later.
 */
const NEXT_HEARTBEAT_MS = 50_000;

/** Checks that a lag is visible: in the log, by `/readyz`, and by `dbsync status`. */
function createLagReportChecks(options: CheckOptions, wrongClocks: WrongClocks, broken: (flaw: string) => void) {
  const { time, wall, faults } = options;
  const statusFlaw = createStatusCheck({ ...options, wrongClocks });
  /** The events watermark of the last commit. */
  let eventsUntilMs: number | null = null;
  /** The instant when the store was set back: a lag that came with it counts from then on. */
  let replacedMs = Number.NEGATIVE_INFINITY;

  let lastSleep: Spell | null = null;
  let outdatedMs = Number.NEGATIVE_INFINITY;
  /** The first request after the last sleep. */
  let askedMs = Number.POSITIVE_INFINITY;

  /**
   * Returns by how much a sleep may have been longer than anything shows. Until the API answers again only the wall clock
   * shows it, and it may be behind.
   */
  const hiddenSleepMs = () => {
    if (lastSleep === null) return 0;
    const { fromMs, untilMs } = lastSleep;
    const isSilent = faults.of('api-down').some((down) => down.endpoint === null && down.fromMs <= untilMs);
    return isSilent || time.nowMs - askedMs <= NEXT_HEARTBEAT_MS
      ? Math.min(untilMs - fromMs, Math.max(0, -wall.offsetMs))
      : 0;
  };

  /** Returns the lag that dbsync can know of; null: it is not known. */
  const knowableLagMs = () => {
    const hiddenMs = Math.max(wrongClocks.hiddenLagMs(), hiddenSleepMs());
    return eventsUntilMs === null ? null : time.nowMs - Math.max(eventsUntilMs, replacedMs) - hiddenMs;
  };
  return {
    committed(untilMs: number | null) {
      eventsUntilMs = untilMs;
    },
    requested() {
      askedMs = Math.min(askedMs, time.nowMs);
    },
    claimed() {
      outdatedMs = time.nowMs;
    },
    faultEnded(spell: Spell) {
      if (spell.kind === 'machine-sleeps') [lastSleep, askedMs] = [spell, Number.POSITIVE_INFINITY];
      if (spell.kind === 'machine-sleeps' || spell.kind === 'freeze') outdatedMs = time.nowMs;
    },
    replaced() {
      eventsUntilMs = null;
      replacedMs = time.nowMs;
    },
    check() {
      for (const { visible } of options.daemons()) visible.look();
      const lagMs = knowableLagMs();
      if (lagMs === null) return;
      for (const { visible, isStopping } of options.daemons()) {
        const flaw = isStopping ? null : visible.flaw(lagMs);
        if (flaw !== null) broken(flaw);
      }
    },
    async checkStatus() {
      if (time.nowMs - outdatedMs <= NEXT_HEARTBEAT_MS) return;
      const lagMs = knowableLagMs();
      const flaw = lagMs === null ? null : await statusFlaw(lagMs);
      if (flaw !== null) broken(flaw);
    },
  };
}

/** Counts the requests between two checks. */
function createRequestCheck(broken: (what: string) => void) {
  let requests = 0;
  return {
    requested() {
      requests += 1;
    },
    check(isAtRest: boolean) {
      const most = isAtRest ? MOST_REQUESTS_AT_REST : MOST_REQUESTS;
      const when = isAtRest ? 'at rest' : 'amid faults';
      if (requests > most) broken(`${requests} requests in five minutes, ${when}`);
      requests = 0;
    },
  };
}

/** Yields the instants of progress that are in the future, and later than both clocks have shown at once. */
function* tooFarAhead(progress: Progress, nowMs: number, believableMs: number): Generator<string> {
  const { since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil } = progress;
  if ((instantOf(since) ?? 0) > believableMs + SECOND_MS) yield `since ${since} lies in the future`;
  for (const mark of [eventsUntil, listedFrom, fullyListedFrom, inboundUntil]) {
    const instantMs = instantOf(mark) ?? 0;
    const ahead = `progress ${mark} lies ${Math.round((instantMs - nowMs) / 1000)} s ahead`;
    if (instantMs > believableMs + CLOCK_TOLERANCE_MS) yield ahead;
  }
}

/** Returns an instant of progress as true time. */
function instantOf(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant) - WORLD_BEGINS_MS;
}
