import { type AttemptFailure, createTargetEvidence, type FailureKind, type TargetFault } from './target-evidence.js';

/**
 * Decides when the target as a whole takes no deliveries, so that dbsync spends no attempts on it (R31). The breaker
 * opens:
 *
 * - on faults of the target with 5 distinct contacts, without a success between them;
 * - on answers about messages, but only if the target has accepted nothing for 10 minutes;
 * - before the first acceptance ever, on the first answer that means a wrong address or wrong credentials.
 *
 * While it is open, one probe a minute goes out. All instants are monotonic milliseconds.
 */
export interface CircuitBreaker {
  /** Null: the breaker is closed, and all messages may go out. */
  readonly pause: Pause | null;
  /** Call when a message of this contact is sent. While the breaker is open, this message is the probe that was due. */
  probe(contactId: string): void;
  /**
   * Forgets which contacts were tried, so that probes may use them again. Call when every contact in the queue has been
   * tried.
   */
  startOver(): void;
  /** Call when the target has accepted a message: this closes the breaker. */
  accepted(nowMs: number): void;
  /**
   * Call when an attempt has failed.
   *
   * @returns true if the failure is the message's own; false if it is the target's, so the attempt does not count
   */
  failed(failure: AttemptFailure, nowMs: number): boolean;
  /**
   * The time for which the target is known to work. `Infinity`: dbsync has never seen it fail. 0: it does not work, or that is
   * unknown.
   */
  upForMs(nowMs: number): number;
}

/** The state of the open breaker. It is a plain value, so that it can be stored and shown. */
export interface Pause {
  readonly because: PauseReason;
  readonly isProbing: boolean;
  /** No probe is sent before this instant. */
  readonly nextProbeMs: number;
  /**
   * From this instant on a probe is sent even if no contact is due. So the target gets a probe by this time at the
   * latest.
   */
  readonly latestProbeMs: number;
  /**
   * The contacts whose probe failed, or whose message was under way and failed. The next probe takes another contact.
   */
  readonly tried: ReadonlySet<string>;
}

/**
 * The reason why the breaker is open.
 *
 * - `unproven`: the target has never accepted a message, so its address or credentials may be wrong
 * - `down`: the target has worked before and does not answer now
 * - `refusing`: the target answers, but accepts nothing
 * - `gone`: the target answered for several contacts in a row that it accepts no more messages
 */
export type PauseReason = 'unproven' | TargetFault;

const PROBE_EVERY_MS = 60_000;
const LONGEST_HOLD_MS = 5 * 60_000;
/** Limits memory: at this number of contacts the set is cleared, and those contacts may be tried again. */
const MAX_TRIED = 1_000;

interface OpenBreaker {
  readonly because: PauseReason;
  readonly tried: Set<string>;
  readonly nextProbeMs: number;
  readonly latestProbeMs: number;
  readonly probing: string | null;
}

/**
 * Creates a closed breaker.
 *
 * @param hasAccepted whether the target has ever accepted a message
 */
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

/**
 * Returns whether a failure before the first acceptance ever means a wrong address, wrong credentials, or a target that
 * does not run yet.
 */
function meansSetup({ kind, isOfSetup }: AttemptFailure): boolean {
  return isOfSetup || kind === 'target' || kind === 'gone';
}

/** Returns whether this answer about the probe's message shows that the target works again. */
function endsPause(because: PauseReason, kind: FailureKind): boolean {
  if (because === 'gone') return kind !== 'gone';
  return because !== 'refusing';
}

function isFinal(kind: FailureKind): boolean {
  return kind === 'refused' || kind === 'gone';
}
