import { type AttemptFailure, createTargetEvidence, type FailureKind, type TargetFault } from './target-evidence.js';

/**
 * Decides when the target as a whole takes no deliveries, so that no attempts are spent on it (R31). It opens on faults of
 * the target with 5 distinct contacts without a success between; on answers about messages only when nothing was accepted
 * for 10 minutes; and, before the first acceptance ever, on the first answer that means a wrong address or wrong credentials.
 * While it is open, one probe a minute goes out. All instants are monotonic milliseconds.
 */
export interface CircuitBreaker {
  /** Null: it is closed, and everything goes out. */
  readonly pause: Pause | null;
  /** A message of this contact leaves: while the breaker is open, it is the probe that was due. */
  probe(contactId: string): void;
  /** Every contact in the queue has been tried: they may be tried again. */
  startOver(): void;
  /** The target has accepted a message. */
  accepted(nowMs: number): void;
  /** @returns whether the failure is the message's own; if not, the attempt does not count */
  failed(failure: AttemptFailure, nowMs: number): boolean;
  /** How long the target is known to work; `Infinity`: it was never seen otherwise. 0: it does not, or that is unknown. */
  upForMs(nowMs: number): number;
}

/** A plain value, so that it can be stored and shown. */
export interface Pause {
  readonly because: PauseReason;
  readonly isProbing: boolean;
  /** No probe leaves before then. */
  readonly nextProbeMs: number;
  /** From then on a probe leaves even if no contact is due: the target is never left alone for longer. */
  readonly latestProbeMs: number;
  /** Contacts that probes have failed with, or messages that were under way: the next probe takes another one. */
  readonly tried: ReadonlySet<string>;
}

/**
 * `unproven`: the target has never accepted anything, so it may be set up wrongly; `down`: it has worked before, and does
 * not answer; `refusing`: it answers, and accepts nothing; `gone`: it said to several contacts in a row that it wants no more.
 */
export type PauseReason = 'unproven' | TargetFault;

const PROBE_EVERY_MS = 60_000;
const LONGEST_HOLD_MS = 5 * 60_000;
/** Limits memory: beyond it, contacts are tried again. */
const MAX_TRIED = 1_000;

interface OpenBreaker {
  readonly because: PauseReason;
  readonly tried: Set<string>;
  readonly nextProbeMs: number;
  readonly latestProbeMs: number;
  readonly probing: string | null;
}

/** @param hasAccepted whether the target has ever accepted a message */
export function createCircuitBreaker(hasAccepted: boolean): CircuitBreaker {
  const evidence = createTargetEvidence();
  let isProven = hasAccepted;
  let upSinceMs: number | null = null;
  let open: OpenBreaker | null = null;

  const openFor = (because: PauseReason, tried: Set<string>, { retryAfterMs = 0 }: AttemptFailure, nowMs: number) => {
    const nextProbeMs = nowMs + Math.min(LONGEST_HOLD_MS, Math.max(PROBE_EVERY_MS, retryAfterMs));
    open = { because, tried, nextProbeMs, latestProbeMs: nowMs + LONGEST_HOLD_MS, probing: null };
  };
  const remember = ({ tried }: OpenBreaker, contactId: string) => {
    if (tried.size >= MAX_TRIED) tried.clear();
    tried.add(contactId);
  };
  const seenUp = (nowMs: number) => {
    if (open !== null) upSinceMs = nowMs;
    upSinceMs ??= Number.NEGATIVE_INFINITY;
    open = null;
  };
  const failedWhileClosed = (failure: AttemptFailure, nowMs: number): boolean => {
    const { contactId, kind } = failure;
    const fault = isProven || !meansSetup(failure) ? evidence.add(failure, nowMs) : 'unproven';
    if (fault === null) {
      if (kind === 'refused') upSinceMs ??= Number.NEGATIVE_INFINITY;
      return true;
    }
    upSinceMs = null;
    openFor(fault, new Set([...(fault === 'unproven' ? [] : evidence.contactsOf(fault)), contactId]), failure, nowMs);
    return false;
  };
  const failedWhileOpen = (pause: OpenBreaker, failure: AttemptFailure, nowMs: number): boolean => {
    const { contactId, kind } = failure;
    remember(pause, contactId);
    if (contactId !== pause.probing) return false;
    const isOfMessage = kind !== 'target' && (isProven || !meansSetup(failure));
    if (isOfMessage && endsPause(pause.because, kind)) {
      seenUp(nowMs);
      evidence.clear();
      return failedWhileClosed(failure, nowMs);
    }
    openFor(pause.because, pause.tried, failure, nowMs);
    return isOfMessage && pause.because === 'refusing' && isFinal(kind);
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
      seenUp(nowMs);
      evidence.accepted(nowMs);
      isProven = true;
    },
    failed: (failure, nowMs) =>
      open === null ? failedWhileClosed(failure, nowMs) : failedWhileOpen(open, failure, nowMs),
    upForMs: (nowMs) => (open !== null || upSinceMs === null ? 0 : nowMs - upSinceMs),
  };
}

/** Before the first acceptance ever, it means a wrong address, wrong credentials, or a target that is not there yet. */
function meansSetup({ kind, isOfSetup }: AttemptFailure): boolean {
  return isOfSetup || kind === 'target' || kind === 'gone';
}

/** Whether an answer about a message, to a probe, shows that the target is well again. */
function endsPause(because: PauseReason, kind: FailureKind): boolean {
  if (because === 'gone') return kind !== 'gone';
  return because !== 'refusing';
}

function isFinal(kind: FailureKind): boolean {
  return kind === 'refused' || kind === 'gone';
}
