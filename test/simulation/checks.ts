import type { RunEvent } from '@dbsync/core';
import type { Batch } from '@dbsync/core/contract';
import type { CopyWatch } from './copy-watch.ts';
import { isAmong } from './id-share.ts';
import type { SimulatedTarget } from './simulated-target.ts';
import type { Daemon } from './supervisor.ts';
import { INVARIANTS, type Invariant, type Violation } from './violations.ts';
import { WORLD_BEGINS_MS } from './virtual-globals.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type ActiveFaults, DAY_MS, HOUR_MS, MINUTE_MS, type Spell } from './weather.ts';

export interface CheckOptions {
  readonly time: VirtualTime;
  readonly target: SimulatedTarget;
  readonly watch: CopyWatch;
  readonly faults: ActiveFaults;
  readonly intervalMs: number;
  readonly daemons: () => readonly Daemon[];
}

/** Looks all along whether the promises are kept. */
export interface Checks {
  readonly violations: readonly Violation[];
  /** How often each was looked at. */
  readonly counts: ReadonlyMap<Invariant, number>;
  broken(invariant: Invariant, what: string): void;
  requested(): void;
  committed(batch: Batch): void;
  told(event: RunEvent, daemon: Daemon): void;
  faultEnded(spell: Spell): void;
  /** Rows of these contacts were removed: they are due with the next listing of all contacts. */
  removed(contactIds: readonly string[]): void;
  /**
   * @param calmMs how long nothing has gone wrong; null: something may
   * @param isAtRest nothing has changed in the campaign for two intervals either
   */
  check(calmMs: number | null, isAtRest: boolean): void;
}

/** Faults that concern some ids, or only what is measured: all other contacts must come in time all the same. */
const HARMLESS = new Set(['bad-ids', 'event-lag', 'date-skew', 'wall-jump']);
const LISTING_EVERY_MS = 5 * MINUTE_MS;
/** Requests in five minutes that nothing explains. */
const MOST_REQUESTS = 3_000;
/** Requests in five minutes where nothing changes. */
const MOST_REQUESTS_AT_REST = 60;
/** The clock of the API may be believed to be so far ahead (R4). */
const CLOCK_TOLERANCE_MS = 12 * MINUTE_MS;
const SECOND_MS = 1_000;

export function createChecks(options: CheckOptions): Checks {
  const { time, target, watch, faults, intervalMs } = options;
  const violations: Violation[] = [];
  const counts = new Map<Invariant, number>(INVARIANTS.map((invariant) => [invariant, 0]));
  /** Until when contacts may lack rows that were removed past dbsync. */
  const excusedUntil = new Map<string, number>();
  /** When a contact was last one of those whose bodies cannot be had. */
  const blockedMs = new Map<string, number>();
  const boundMs = Math.max(2 * intervalMs, 6 * MINUTE_MS);
  const deadlineMs = 3 * Math.max(intervalMs, LISTING_EVERY_MS);
  let requests = 0;
  let disturbedMs = 0;

  const broken = (invariant: Invariant, what: string) => void violations.push({ invariant, atMs: time.nowMs, what });
  const count = (invariant: Invariant) => counts.set(invariant, (counts.get(invariant) ?? 0) + 1);
  const isExcused = (contactId: string) => (excusedUntil.get(contactId) ?? 0) > time.nowMs;
  const wall = (instant: string | null | undefined) => (instant ? Date.parse(instant) - WORLD_BEGINS_MS : null);

  const checkConvergence = () => {
    count('convergence');
    for (const difference of target.differences(time.nowMs - boundMs, isExcused))
      broken('convergence', difference);
  };
  const checkDeadline = () => {
    count('deadline');
    if (faults.all.some(({ kind }) => !HARMLESS.has(kind))) disturbedMs = time.nowMs;
    for (const [contactId, sinceMs] of watch.pending) {
      if (faults.of('bad-ids').some((fault) => isAmong(contactId, fault))) blockedMs.set(contactId, time.nowMs);
      if (isExcused(contactId)) continue;
      const hinderedMs = Math.max(disturbedMs, blockedMs.get(contactId) ?? Number.NEGATIVE_INFINITY);
      const waitedMs = time.nowMs - Math.max(sinceMs, hinderedMs + boundMs);
      if (waitedMs > deadlineMs)
        broken('deadline', `${contactId} has been waited for ${Math.round(waitedMs / 1000)} s`);
    }
    for (const [contactId, { sinceMs, from, to }] of watch.wentBack) {
      const lastedMs = time.nowMs - Math.max(sinceMs, disturbedMs);
      if (lastedMs > deadlineMs) {
        broken('safety', `${contactId} went back from version ${from} to ${to} for ${Math.round(lastedMs / 1000)} s`);
      }
    }
  };
  const checkOrder = () => {
    for (const [what, sinceMs] of target.outdated) {
      const lastedMs = time.nowMs - Math.max(sinceMs, disturbedMs);
      if (lastedMs > deadlineMs) broken('safety', `${what} was delivered in an older state for ${Math.round(lastedMs / 1000)} s`);
    }
  };
  const checkRequests = (isAtRest: boolean) => {
    count('requests');
    const most = isAtRest ? MOST_REQUESTS_AT_REST : MOST_REQUESTS;
    if (requests > most)
      broken('requests', `${requests} requests in five minutes, ${isAtRest ? 'at rest' : 'amid faults'}`);
    requests = 0;
  };

  return {
    violations,
    counts,
    broken,
    requested() {
      requests += 1;
    },
    committed({ progress }) {
      if (!progress) return;
      count('safety');
      const { since, eventsUntil, listedFrom, fullyListedFrom, inboundUntil } = progress;
      if ((wall(since) ?? 0) > time.nowMs + SECOND_MS) broken('safety', `since ${since} lies in the future`);
      for (const mark of [eventsUntil, listedFrom, fullyListedFrom, inboundUntil]) {
        const aheadMs = (wall(mark) ?? 0) - time.nowMs;
        if (aheadMs > CLOCK_TOLERANCE_MS)
          broken('safety', `progress ${mark} lies ${Math.round(aheadMs / 1000)} s ahead`);
      }
    },
    told: () => {},
    faultEnded({ kind }) {
      if (!HARMLESS.has(kind)) disturbedMs = time.nowMs;
    },
    removed(contactIds) {
      for (const id of contactIds) excusedUntil.set(id, time.nowMs + DAY_MS + HOUR_MS);
    },
    check(calmMs, isAtRest) {
      if (calmMs !== null && calmMs >= boundMs) checkConvergence();
      checkDeadline();
      checkOrder();
      checkRequests(isAtRest);
    },
  };
}
