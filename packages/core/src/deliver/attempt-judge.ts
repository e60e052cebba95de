import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import type { Verdict } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import type { Failure, Outcome, TakenMessage } from '../outbox/faces/delivery-queue.js';
import { cappedRetryAfter, outcomeOfFailure } from './attempt-outcome.js';
import type { AttemptSchedule } from './attempt-schedule.js';
import type { EndedAttempt } from './attempts.js';
import type { CircuitBreaker, Pause } from './circuit-breaker.js';
import type { AttemptFailure } from './target-evidence.js';

/** Decides the result of each attempt: the outcome of its message, the breaker's state, and the events for the log. */
export interface AttemptJudge {
  outcomeOf(ended: EndedAttempt): Outcome;
}

export interface AttemptJudgeOptions {
  readonly breaker: CircuitBreaker;
  readonly schedule: AttemptSchedule;
  readonly clock: Clock;
  readonly wall: SteadyWall;
  readonly random: () => number;
  readonly observe: Observer;
}

type FailedVerdict = Exclude<Verdict, { verdict: 'accepted' }>;

export function createAttemptJudge(options: AttemptJudgeOptions): AttemptJudge {
  const { breaker, schedule, clock, wall, random, observe } = options;
  const wait = createWaitReport();
  let reported: string | null = null;
  const tellBreaker = () => {
    const { because = 'closed', nextProbeMs = null } = breaker.pause ?? {};
    const now = `${because} ${nextProbeMs}`;
    if (now === reported) return;
    reported = now;
    const nextTryInMs = nextProbeMs === null ? null : Math.max(0, nextProbeMs - clock.monotonic());
    observe({ type: 'breaker', state: because, nextTryInMs });
  };

  const tellThatItWorks = () => {
    const afterMs = wait.succeeded(clock.monotonic());
    if (afterMs !== null) observe({ type: 'recovered', for: 'endpoint', afterMs });
  };
  const tellThatItDoesNot = (pause: Pause | null, reason: string) => {
    const line = pause && wait.failed(clock.monotonic());
    if (line) observe({ type: 'waiting', for: 'endpoint', ...PAUSES[pause.because](reason), ...line });
  };
  const outcomeOfCounted = (message: TakenMessage, failure: Failure, verdict: FailedVerdict): Outcome => {
    if (verdict.verdict !== 'retry') {
      return { id: message.id, outcome: 'dead', code: 'DELIVERY_REFUSED', failure: withTotal(message, failure) };
    }
    const retryAfterMs = cappedRetryAfter(verdict.retryAfterMs);
    const targetUpForMs = breaker.upForMs(clock.monotonic());
    const { failingSinceMs } = message;
    const failingForMs = failingSinceMs === null ? 0 : clock.monotonic() - failingSinceMs;
    const attempt = { message, failure, retryAfterMs, targetUpForMs, failingForMs };
    const outcome = outcomeOfFailure(attempt, schedule, random);
    return outcome.outcome === 'dead' ? { ...outcome, failure: withTotal(message, failure) } : outcome;
  };

  const judge = ({ message, verdict }: EndedAttempt): Outcome => {
    if (verdict === null) return postponed(message, null);
    if (verdict.verdict === 'accepted') {
      breaker.accepted(clock.monotonic());
      tellThatItWorks();
      return { id: message.id, outcome: 'accepted' };
    }
    const failure = failureOf(verdict, wall.now());
    const isCounted = breaker.failed(breakerFailureOf(message, verdict), clock.monotonic());
    if (breaker.pause === null) tellThatItWorks();
    else tellThatItDoesNot(breaker.pause, failure.reason);
    if (isCounted) return outcomeOfCounted(message, failure, verdict);
    return postponed(message, failure, askedPauseMs(verdict));
  };

  tellBreaker();
  return {
    outcomeOf(ended) {
      const outcome = judge(ended);
      tellBreaker();
      return outcome;
    },
  };
}

/**
 * Puts a message back as if it had not been tried: it keeps its number of attempts and the time when it was due.
 *
 * @param askedPauseMs how long the target asked to leave the contact alone, counted from the failure; the message is
 * not due before
 */
export function postponed({ id }: TakenMessage, failure: Failure | null, askedPauseMs = 0): Outcome {
  const dueMs = failure !== null && askedPauseMs > 0 ? failure.atMs + askedPauseMs : null;
  return { id, outcome: 'postponed', dueMs, failure };
}

const SENT_NOW = 'dbsync sends one delivery a minute, and counts no attempt.';

const PAUSES = {
  unproven: (reason: string) => ({
    code: 'ENDPOINT_UNPROVEN',
    message: `The target has never accepted a delivery; address or credentials may be wrong. ${SENT_NOW} Last failure: ${reason}`,
  }),
  down: (reason: string) => ({
    code: 'ENDPOINT_DOWN',
    message: `Deliveries to 5 contacts failed, and none was accepted between them. ${SENT_NOW} Last failure: ${reason}`,
  }),
  refusing: (reason: string) => ({
    code: 'ENDPOINT_REFUSING',
    message: `The target answers, and has accepted nothing for 10 minutes. ${SENT_NOW} Last failure: ${reason}`,
  }),
  gone: (reason: string) => ({
    code: 'ENDPOINT_GONE',
    message: `The target has refused all further deliveries (410) for 5 contacts in a row. ${SENT_NOW} Last failure: ${reason}`,
  }),
} as const satisfies Readonly<Record<Pause['because'], (reason: string) => { code: string; message: string }>>;

/**
 * Adds the number of all attempts to the reason: attempts while the target is down do not count, but the receiver may
 * have seen them.
 */
function withTotal({ attempt, allAttempts }: TakenMessage, failure: Failure): Failure {
  if (allAttempts <= attempt) return failure;
  return { ...failure, reason: `${failure.reason} (${attempt} attempts counted, ${allAttempts} in all)` };
}

function failureOf(verdict: FailedVerdict, atMs: number): Failure {
  return { atMs, reason: verdict.reason, answer: verdict.answer ?? '' };
}

function breakerFailureOf({ contactId, failingSinceMs }: TakenMessage, verdict: FailedVerdict): AttemptFailure {
  const fault = 'fault' in verdict ? verdict.fault : undefined;
  const kind = verdict.verdict === 'retry' ? (fault === 'target' ? 'target' : 'message') : verdict.verdict;
  return { contactId, kind, isOfSetup: fault === 'setup', retryAfterMs: askedPauseMs(verdict), failingSinceMs };
}

function askedPauseMs(verdict: FailedVerdict): number {
  return (verdict.verdict === 'retry' && cappedRetryAfter(verdict.retryAfterMs)) || 0;
}
