import { DbsyncError } from '../errors/dbsync-error.js';

/** The pauses between the attempts of a message, and the time after which dbsync gives a contact up. */
export interface AttemptSchedule {
  /** The shortest pause after each failed attempt but the last, in milliseconds. */
  readonly pausesMs: readonly number[];
  /**
   * If nothing could be delivered to a contact for this long, its messages get no further attempts: the next failure
   * makes a message dead.
   */
  readonly giveUpAfterMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/**
 * The number of attempts that each message gets. Attempts that do not count are not included: the target was down, or
 * the result is unknown.
 */
export const MAX_ATTEMPTS = 10;
const MAX_PAUSES = MAX_ATTEMPTS - 1;
const MAX_PAUSE_MS = 7 * DAY_MS;
/**
 * Each pause is longer by a random part, at most a tenth, so that contacts that failed together are not tried again
 * together.
 */
const JITTER = 0.1;
const MIN_GIVE_UP_MS = 75 * HOUR_MS;

/** Ten attempts over 75 hours, the schedule of Standard Webhooks. */
export const DEFAULT_ATTEMPT_SCHEDULE = parseAttemptSchedule('5s,5m,30m,2h,5h,10h,14h,20h,24h');

/**
 * Returns the pause after a failed attempt, in milliseconds.
 *
 * @param attempt number of the failed attempt, from 1
 * @returns null if it was the last attempt
 */
export function pauseMs(schedule: AttemptSchedule, attempt: number, random = Math.random): number | null {
  const shortest = schedule.pausesMs[attempt - 1];
  return shortest === undefined ? null : Math.round(shortest * (1 + JITTER * random()));
}

/**
 * Reads a schedule. `5s,1m,1h` lists the pauses, and the last one is repeated until there are ten attempts. In
 * `0.2s..2s` the pause doubles from the first value up to the second. A duration is a number with `ms`, `s`, `m`, `h`
 * or `d`.
 *
 * @throws DbsyncError `DELIVERY_BACKOFF_INVALID`
 */
export function parseAttemptSchedule(text: string): AttemptSchedule {
  const pauses = text.includes('..') ? growingPauses(text) : listedPauses(text);
  const pausesMs = Array.from({ length: MAX_PAUSES }, (_, nr) => pauses[Math.min(nr, pauses.length - 1)] ?? 0);
  const allMs = pausesMs.reduce((sum, ms) => sum + ms, 0);
  return { pausesMs, giveUpAfterMs: Math.max(MIN_GIVE_UP_MS, allMs) };
}

function listedPauses(text: string): readonly number[] {
  const parts = text.split(',');
  if (parts.length > MAX_PAUSES) {
    throw invalid(text, `there are ${MAX_ATTEMPTS} attempts, so at most ${MAX_PAUSES} pauses between them`);
  }
  return parts.map((part) => durationMs(text, part));
}

function growingPauses(text: string): readonly number[] {
  const [from = '', to = '', ...others] = text.split('..');
  if (others.length > 0 || text.includes(',')) throw invalid(text, 'a range has two ends, such as 0.2s..2s');
  const [fromMs, toMs] = [durationMs(text, from), durationMs(text, to)];
  if (fromMs > toMs) throw invalid(text, `it begins with a longer pause than it ends with: write ${to}..${from}`);
  return Array.from({ length: MAX_PAUSES }, (_, nr) => Math.min(toMs, fromMs * 2 ** nr));
}

function durationMs(text: string, part: string): number {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/.exec(part) ?? [];
  if (amount === undefined) {
    throw invalid(text, `"${part.trim()}" is no duration: write a number with ms, s, m, h or d, such as 30s`);
  }
  const ms = Number(amount) * (UNITS_MS[unit] ?? 0);
  if (ms < 1 || ms > MAX_PAUSE_MS) throw invalid(text, `"${part.trim()}" is not between 1ms and 7d`);
  return ms;
}

function invalid(text: string, why: string): DbsyncError {
  return new DbsyncError('DELIVERY_BACKOFF_INVALID', `--webhook-backoff ${text}: ${why}.`);
}
