import type { Clock } from '../concurrency/clock.js';
import type { SteadyWall } from '../concurrency/steady-wall.js';
import { createWaitReport } from '../concurrency/wait-report.js';
import type { Verdict } from '../contract/index.js';
import type { Observer } from '../observe/run-events.js';
import type { Failure, Outcome, TakenMessage } from '../outbox/delivery-queue.js';
import { cappedRetryAfter, outcomeOfFailure } from './attempt-outcome.js';
import type { AttemptSchedule } from './attempt-schedule.js';
import type { EndedAttempt } from './attempts.js';
import type { CircuitBreaker, Pause } from './circuit-breaker.js';

/** Says what an attempt means: to its message, to the breaker, and to who reads the log. */
export interface AttemptJudge {
  outcomeOf(ended: EndedAttempt): Outcome;
  /** Why the target wants no more deliveries; null: it does. */
  readonly gone: string | null;
}

export interface AttemptJudgeOptions {
  readonly breaker: CircuitBreaker;
  readonly schedule: AttemptSchedule;
  readonly clock: Clock;
  readonly wall: SteadyWall;
  readonly random: () => number;
  readonly observe: Observer;
}

type RetryVerdict = Extract<Verdict, { verdict: 'retry' }>;

export function createAttemptJudge(options: AttemptJudgeOptions): AttemptJudge {
  const { breaker, schedule, clock, wall, random, observe } = options;
  const wait = createWaitReport();
  let gone: string | null = null;

  const tellThatItWorks = () => {
    const afterMs = wait.succeeded(clock.monotonic());
    if (afterMs !== null) observe({ type: 'recovered', for: 'endpoint', afterMs });
  };
  const tellThatItDoesNot = (pause: Pause | null, reason: string) => {
    const line = pause && wait.failed(clock.monotonic());
    if (line) observe({ type: 'waiting', for: 'endpoint', ...PAUSES[pause.because](reason), ...line });
  };
  const outcomeOfRetry = (message: TakenMessage, failure: Failure, verdict: RetryVerdict): Outcome => {
    const { contactId } = message;
    const retryAfterMs = cappedRetryAfter(verdict.retryAfterMs);
    if (!breaker.failed({ contactId, fault: verdict.fault, retryAfterMs }, clock.monotonic())) {
      tellThatItDoesNot(breaker.pause, failure.reason);
      return postponed(message, wall.now(), failure);
    }
    const targetUpForMs = breaker.upForMs(clock.monotonic());
    const { failingSinceMs } = message;
    const failingForMs = failingSinceMs === null ? 0 : clock.monotonic() - failingSinceMs;
    return outcomeOfFailure({ message, failure, retryAfterMs, targetUpForMs, failingForMs }, schedule, random);
  };

  return {
    get gone() {
      return gone;
    },
    outcomeOf({ message, verdict }) {
      const { id } = message;
      if (verdict === null) return postponed(message, wall.now(), null);
      if (verdict.verdict === 'accepted') {
        breaker.accepted(clock.monotonic());
        tellThatItWorks();
        return { id, outcome: 'accepted' };
      }
      const failure = failureOf(verdict, wall.now());
      if (verdict.verdict === 'retry') return outcomeOfRetry(message, failure, verdict);
      if (verdict.verdict === 'gone') {
        gone ??= verdict.reason;
        return postponed(message, wall.now(), failure);
      }
      breaker.refused(clock.monotonic());
      tellThatItWorks();
      return { id, outcome: 'dead', code: 'DELIVERY_REFUSED', failure };
    },
  };
}

/** As if it had not been tried: due at once, with the number of attempts that it had. */
export function postponed({ id }: TakenMessage, dueMs: number, failure: Failure | null): Outcome {
  return { id, outcome: 'postponed', dueMs, failure };
}

const PAUSES = {
  unproven: (reason: string) => ({
    code: 'ENDPOINT_UNPROVEN',
    message: `It has never accepted a delivery, so nothing more is sent but a try now and then: ${reason}`,
  }),
  down: (reason: string) => ({
    code: 'ENDPOINT_DOWN',
    message: `Deliveries of several contacts failed in a row, so nothing more is sent but a try now and then: ${reason}`,
  }),
} as const satisfies Readonly<Record<Pause['because'], (reason: string) => { code: string; message: string }>>;

function failureOf(verdict: Exclude<Verdict, { verdict: 'accepted' }>, atMs: number): Failure {
  return { atMs, reason: verdict.reason, answer: verdict.verdict === 'gone' ? '' : verdict.answer };
}
