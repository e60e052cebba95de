import type { Clock } from '../concurrency/clock.js';

const TOLERANCE_MS = 2 * 60_000;
/** So many answers over this time, none of which is believed, are more than a replica with a wrong clock. */
const INSISTING = 4;
const INSISTING_MS = 5 * 60_000;
/** After a start the two clocks may differ by this much. */
export const START_TOLERANCE_MS = 10 * 60_000;

/**
 * The API's now, told by the `Date` of its answers (R4). One wrong header moves nothing.
 *
 * Two clocks are kept, and both go on by the monotonic clock, so that a jump of the wall clock moves neither: the API's
 * since the last accepted answer, and the machine's since the start, or since two answers in a row agreed with it.
 */
export interface ApiClock {
  /** Milliseconds since 1970; the machine's clock until an answer has told better. */
  now(): number;
  /** The earlier of the API's now and the machine's. Whatever is stored comes from it: one clock alone may be ahead. */
  sureNow(): number;
  /**
   * The API's now and the machine's; null before an answer has told. Where all answers of some minutes agree on an instant
   * that is not believed, that is what the API says: after a sleep of a machine whose wall clock is wrong, say.
   */
  both(): BothClocks | null;
  /** Whether an instant is later than both clocks show, by more than they may differ. False until an answer has told. */
  isAhead(ms: number): boolean;
  /** Whether an answer has told. */
  readonly isTold: boolean;
  /** @param date an HTTP date; anything else is ignored */
  tell(date: string | undefined): void;
}

/** Two clocks at one moment, in milliseconds since 1970. */
export interface BothClocks {
  readonly apiMs: number;
  readonly machineMs: number;
}

/** An instant of the API and the machine's two clocks at that moment. */
interface Reading {
  readonly dateMs: number;
  readonly monotonicMs: number;
  readonly wallMs: number;
}

export function createApiClock(clock: Clock): ApiClock {
  let accepted: Reading | null = null;
  let doubted: Reading | null = null;
  /** An instant by the machine's wall clock, read as if it were a Date. */
  let machine: Reading = readingOf(clock.now(), clock);
  /** The last answers agreed with each other and were not believed: how many, and since when. */
  let doubts = 0;
  let doubtedSinceMs = 0;
  /** Accepted answers in a row that agreed with the wall clock. */
  let agreements = 0;

  const now = () => (accepted ? expected(accepted, clock) : clock.now());

  return {
    get isTold() {
      return accepted !== null;
    },
    now,
    sureNow: () => (accepted ? Math.min(now(), expected(machine, clock)) : clock.now()),
    both() {
      if (accepted === null) return null;
      const insists = doubted !== null && doubts >= INSISTING && clock.monotonic() - doubtedSinceMs >= INSISTING_MS;
      const apiMs = insists && doubted !== null ? expected(doubted, clock) : now();
      return { apiMs, machineMs: expected(machine, clock) };
    },
    isAhead: (ms) => accepted !== null && ms > Math.max(now(), clock.now()) + START_TOLERANCE_MS,
    tell(date) {
      const dateMs = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(dateMs)) return;
      const reading = readingOf(dateMs, clock);
      const agrees = doubted !== null && Math.abs(dateMs - expected(doubted, clock)) <= TOLERANCE_MS;
      if (isPlausible(reading, accepted, clock) || (agrees && isPossible(reading, accepted))) {
        accepted = reading;
        doubted = null;
        agreements = Math.abs(dateMs - reading.wallMs) <= START_TOLERANCE_MS ? agreements + 1 : 0;
        if (agreements >= 2) machine = reading;
      } else {
        doubts = agrees ? doubts + 1 : 1;
        if (!agrees) doubtedSinceMs = reading.monotonicMs;
        doubted = reading;
      }
    },
  };
}

function readingOf(dateMs: number, clock: Clock): Reading {
  return { dateMs, monotonicMs: clock.monotonic(), wallMs: clock.now() };
}

/** What the API's clock shows now if that reading was right. */
function expected(reading: Reading, clock: Clock): number {
  return reading.dateMs + (clock.monotonic() - reading.monotonicMs);
}

/** Believed at once. */
function isPlausible({ dateMs, wallMs }: Reading, accepted: Reading | null, clock: Clock): boolean {
  if (accepted === null) return Math.abs(dateMs - wallMs) <= START_TOLERANCE_MS;
  return Math.abs(dateMs - expected(accepted, clock)) <= TOLERANCE_MS;
}

/**
 * Believed when a second answer agrees: anything after a start, and a step back. A leap ahead only where the machine's
 * wall clock made it too, as after a sleep of the machine, in which the monotonic clock stood still.
 */
function isPossible({ dateMs, wallMs }: Reading, accepted: Reading | null): boolean {
  if (accepted === null) return true;
  const byWall = accepted.dateMs + (wallMs - accepted.wallMs);
  return dateMs <= Math.max(byWall + TOLERANCE_MS, wallMs + START_TOLERANCE_MS);
}
