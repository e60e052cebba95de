import { type Backoff, backoffDelayMs } from '../concurrency/backoff.js';

/**
 * Sees when the target as a whole does not take deliveries, so that nobody's attempts are spent on it (R31). It opens on
 * failures of 5 distinct contacts without a success between, or, before the target has ever accepted anything, on the first
 * that is the target's fault. While it is open one probe goes at a time. All instants are monotonic milliseconds.
 */
export interface CircuitBreaker {
  /** Null: it is closed, and everything goes out. */
  readonly pause: Pause | null;
  /** A message of this contact leaves: while the breaker is open, it is the probe that was due. */
  probe(contactId: string): void;
  /** Every contact in the queue has been tried: they are tried again. */
  startOver(): void;
  /** The target has accepted a message. */
  accepted(nowMs: number): void;
  /** It has refused one for good: so it works, though it has not shown that it accepts any. */
  refused(nowMs: number): void;
  /** @returns whether the attempt counts; one that shows the target to be down, or is made while it is, does not */
  failed(failure: AttemptFailure, nowMs: number): boolean;
  /** How long the target is known to work; `Infinity`: nothing else was seen. 0: it does not, or nobody knows. */
  upForMs(nowMs: number): number;
}

export interface Pause {
  /** `unproven`: it has never accepted anything, so it may be set up wrongly; `down`: it has worked before. */
  readonly because: 'unproven' | 'down';
  readonly isProbing: boolean;
  readonly nextProbeMs: number;
  /** Contacts that probes have failed with, or messages that were under way: the next probe takes another one. */
  readonly tried: ReadonlySet<string>;
}

export interface AttemptFailure {
  readonly contactId: string;
  readonly fault: 'message' | 'target';
  /** How long the target, when it is at fault, asks to be left alone. */
  readonly retryAfterMs: number | undefined;
}

const OPENS_AT_CONTACTS = 5;
const PROBE_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 60_000 };
/** However the dice fall: a target that is down is not to be flooded. */
const MIN_PAUSE_MS = 500;
/** More are not worth their memory: then they are tried again. */
const MAX_TRIED = 1_000;

interface OpenBreaker {
  readonly because: Pause['because'];
  readonly tried: Set<string>;
  readonly failures: number;
  readonly nextProbeMs: number;
  readonly probing: string | null;
}

/** @param hasAccepted whether the target has ever accepted a message */
export function createCircuitBreaker(hasAccepted: boolean, random = Math.random): CircuitBreaker {
  let isProven = hasAccepted;
  let upSinceMs: number | null = null;
  let open: OpenBreaker | null = null;
  const failing = new Set<string>();

  const works = (nowMs: number) => {
    if (open !== null) upSinceMs = nowMs;
    upSinceMs ??= Number.NEGATIVE_INFINITY;
    open = null;
    failing.clear();
  };
  const keepOpen = (failures: number, { fault, retryAfterMs }: AttemptFailure, nowMs: number): OpenBreaker => {
    const askedMs = Math.max(MIN_PAUSE_MS, (fault === 'target' && retryAfterMs) || 0);
    const nextProbeMs = nowMs + backoffDelayMs(PROBE_BACKOFF, failures, { retryAfterMs: askedMs, random });
    const { because, tried } = open ?? { because: isProven ? 'down' : 'unproven', tried: new Set(failing) };
    return { because, tried, failures, nextProbeMs, probing: null };
  };

  return {
    get pause() {
      return open && { ...open, isProbing: open.probing !== null };
    },
    probe(contactId) {
      if (open) open = { ...open, probing: contactId };
    },
    startOver() {
      open?.tried.clear();
    },
    accepted(nowMs) {
      works(nowMs);
      isProven = true;
    },
    refused: works,
    failed(failure, nowMs) {
      const { contactId, fault } = failure;
      if (open === null) {
        failing.add(contactId);
        const opens = failing.size >= OPENS_AT_CONTACTS || (fault === 'target' && !isProven);
        if (!opens) return true;
        upSinceMs = null;
        open = keepOpen(1, failure, nowMs);
      } else if (contactId === open.probing) {
        open = keepOpen(open.failures + 1, failure, nowMs);
      }
      if (open.tried.size >= MAX_TRIED) open.tried.clear();
      open.tried.add(contactId);
      return false;
    },
    upForMs: (nowMs) => (open !== null || upSinceMs === null ? 0 : nowMs - upSinceMs),
  };
}
