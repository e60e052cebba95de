import type { CopyWatch } from './copy-watch.ts';
import { isAmong } from './id-share.ts';
import type { SimulatedTarget } from './simulated-target.ts';
import type { Invariant } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';
import { type ActiveFaults, DAY_MS, HOUR_MS, MINUTE_MS, type Spell } from './weather.ts';
import type { WrongClocks } from './wrong-clocks.ts';

export interface DeadlineOptions {
  readonly time: VirtualTime;
  readonly target: SimulatedTarget;
  readonly watch: CopyWatch;
  readonly faults: ActiveFaults;
  readonly wrongClocks: WrongClocks;
  readonly intervalMs: number;
  /** The time between faults that concern all contacts and the beginning of the contacts' deadline. */
  readonly recoveryMs: number;
  readonly broken: (invariant: Invariant, what: string) => void;
}

/**
 * Checks that contacts come in time whatever happens to others, and that a contact which went back to an older state
 * comes forward again.
 */
export interface DeadlineCheck {
  faultEnded(spell: Spell): void;
  /**
   * Notes that rows of these contacts or calls were removed: they are due with the next listing of all contacts, or
   * never.
   */
  excuse(ids: readonly string[], isForGood?: boolean): void;
  isExcused(id: string): boolean;
  check(): void;
}

/** Faults that concern some ids, or only a measurement: all other contacts must come in time all the same. */
const HARMLESS = new Set(['bad-ids', 'event-lag', 'date-skew', 'wall-jump']);
const LISTING_EVERY_MS = 5 * MINUTE_MS;

export function createDeadlineCheck(options: DeadlineOptions): DeadlineCheck {
  const { time, target, watch, faults, wrongClocks, intervalMs, recoveryMs, broken } = options;
  const deadlineMs = 3 * Math.max(intervalMs, LISTING_EVERY_MS);
  const excusedUntil = new Map<string, number>();
  /** The instant when a contact was last one of those whose bodies cannot be had. */
  const blockedMs = new Map<string, number>();
  let disturbedMs = 0;

  const isExcused = (id: string) => (excusedUntil.get(id) ?? 0) > time.nowMs;
  const inSeconds = (ms: number) => `${Math.round(ms / 1000)} s`;

  const checkArrivals = () => {
    for (const [contactId, sinceMs] of watch.pending) {
      if (faults.of('bad-ids').some((fault) => isAmong(contactId, fault))) blockedMs.set(contactId, time.nowMs);
      if (isExcused(contactId)) continue;
      const hinderedMs = Math.max(disturbedMs, blockedMs.get(contactId) ?? Number.NEGATIVE_INFINITY);
      const waitedMs = time.nowMs - Math.max(sinceMs, hinderedMs + recoveryMs);
      if (waitedMs > deadlineMs) broken('deadline', `${contactId} has been waited for ${inSeconds(waitedMs)}`);
    }
  };
  const checkOrder = () => {
    for (const [contactId, { sinceMs, from, to }] of watch.wentBack) {
      const lastedMs = time.nowMs - Math.max(sinceMs, disturbedMs);
      const what = `${contactId} went back from version ${from} to ${to}`;
      if (lastedMs > deadlineMs) broken('safety', `${what} for ${inSeconds(lastedMs)}`);
    }
    for (const [what, sinceMs] of target.outdated()) {
      const lastedMs = time.nowMs - Math.max(sinceMs, disturbedMs);
      if (lastedMs > deadlineMs) broken('safety', `${what} was delivered in an older state for ${inSeconds(lastedMs)}`);
    }
  };

  return {
    faultEnded({ kind }) {
      if (!HARMLESS.has(kind)) disturbedMs = time.nowMs;
    },
    excuse(ids, isForGood = false) {
      const untilMs = isForGood ? Number.POSITIVE_INFINITY : time.nowMs + DAY_MS + HOUR_MS;
      for (const id of ids) excusedUntil.set(id, Math.max(untilMs, excusedUntil.get(id) ?? 0));
    },
    isExcused,
    check() {
      const { areMisleading } = wrongClocks;
      if (areMisleading || faults.all.some(({ kind }) => !HARMLESS.has(kind))) disturbedMs = time.nowMs;
      checkArrivals();
      checkOrder();
    },
  };
}
