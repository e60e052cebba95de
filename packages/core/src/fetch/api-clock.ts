import type { Clock } from '../concurrency/clock.js';

const TOLERANCE_MS = 2 * 60_000;
/**
 * If this many answers over this time agree on an instant that is not believed, more than one replica has a wrong clock.
 */
const INSISTING = 4;
const INSISTING_MS = 5 * 60_000;
/** If the answers of so long a time agree, a lag may be as much longer: one server with a wrong clock is not the only one asked. */
const DOUBTED_MS = 60_000;
/** A server's clock is wrong by minutes. If two answers are further ahead, a sleep of the machine is likelier. */
const SLEPT_MS = 60 * 60_000;
/** After a start the two clocks may differ by this much. */
export const START_TOLERANCE_MS = 10 * 60_000;

/**
 * The API's now, read from the `Date` header of its answers (R4). One wrong header moves nothing.
 *
 * Two clocks are kept: the API's clock since the last accepted answer, and the machine's clock since the start, or
 * since two answers in a row agreed with it. Both go on by the monotonic clock, so that a jump of the wall clock moves
 * neither.
 */
export interface ApiClock {
  /** Returns the API's now, in milliseconds since 1970; until an answer is accepted, the machine's now. */
  now(): number;
  /**
   * Returns the earlier of the API's now and the machine's now. Every stored instant comes from it, since one clock
   * alone may be ahead. Until an answer is accepted, the last answer counts as the API's now.
   */
  sureNow(): number;
  /**
   * Returns the API's now and the machine's now; null before an answer is accepted. If all answers of some minutes
   * agree on an instant that is not believed, that instant is the API's now. This happens after a sleep of a machine
   * whose wall clock is wrong. Where the machine's wall clock moves on alone while the API's clock steps to an earlier time
   * than the machine's, the machine may have slept: its now counts that time too, until an answer agrees with it.
   */
  both(): BothClocks | null;
  /**
   * Returns by how much more the machine's wall clock has moved on since the last accepted answer than the monotonic clock, in
   * milliseconds. The machine slept, or its clock was set: only the next answer shows which, so until then a lag may be as
   * much longer. Or by how much the answers of a minute that agree are ahead, while they are not believed: after a sleep of a
   * machine whose clock is wrong they are right. Two such answers are enough if the wall clock was set back too.
   */
  unseenMs(): number;
  /**
   * Returns whether an instant is later than both clocks, by more than they may differ. False until an answer is
   * accepted.
   */
  isAhead(ms: number): boolean;
  /** True while the last answer is not believed: the next ones may agree with it. */
  readonly isDoubting: boolean;
  /**
   * Begins a request. The function that it returns reads the date of the answer, an HTTP date; any other text is ignored.
   * If the machine may have slept or stood still in between, the answer may be as old: it is no proof of a change of a clock.
   */
  ask(): (date: string | undefined) => void;
}

/** The two clocks at one moment, in milliseconds since 1970. */
export interface BothClocks {
  readonly apiMs: number;
  readonly machineMs: number;
}

/** The machine's monotonic clock and wall clock at one moment. */
interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** The API's instant of one answer, with the moment of the answer. */
interface Reading extends Moment {
  readonly dateMs: number;
}

export function createApiClock(clock: Clock): ApiClock {
  let accepted: Reading | null = null;
  let doubted: Reading | null = null;
  /** The machine's wall clock at one moment, kept in the form of an answer's date. */
  let machine: Reading = { dateMs: clock.now(), ...momentOf(clock) };
  /** The time that the machine may have slept since `machine`: the wall clock moved on alone, and the API stepped to an earlier time. */
  let sleptMs = 0;
  /**
   * The number of last answers that agreed with each other and were not believed, and the time of the first of them.
   */
  let doubts = 0;
  let doubtedSinceMs = 0;
  /** The number of accepted answers in a row that agreed with the wall clock. */
  let agreements = 0;

  const now = () => (accepted ? expected(accepted, clock) : clock.now());

  /** Returns the API's now, or what all answers of some minutes agree on. */
  const likelyNow = () => {
    const insists = doubts >= INSISTING && clock.monotonic() - doubtedSinceMs >= INSISTING_MS;
    return doubted !== null && insists ? expected(doubted, clock) : now();
  };

  const read = (reading: Reading, isOld: boolean) => {
    const { dateMs, wallMs, monotonicMs } = reading;
    const isStep = !isPlausible(reading, accepted, clock);
    const agrees = doubted !== null && Math.abs(dateMs - expected(doubted, clock)) <= TOLERANCE_MS;
    if (!isStep || (agrees && !isOld && isPossible(reading, accepted))) {
      const aloneMs = accepted === null ? 0 : movedAlone(accepted, clock);
      const hidesSleep = isStep && dateMs < expected(machine, clock) + sleptMs;
      if (hidesSleep || aloneMs < 0) sleptMs = Math.max(0, sleptMs + aloneMs);
      accepted = reading;
      doubted = null;
      agreements = Math.abs(dateMs - wallMs) <= START_TOLERANCE_MS ? agreements + 1 : 0;
      if (agreements >= 2) [machine, sleptMs] = [reading, 0];
    } else if (!isOld) {
      doubts = agrees ? doubts + 1 : 1;
      if (!agrees) doubtedSinceMs = monotonicMs;
      doubted = reading;
    }
  };

  return {
    get isDoubting() {
      return doubted !== null;
    },
    now,
    sureNow() {
      if (accepted !== null) return Math.min(now(), expected(machine, clock));
      return doubted === null ? clock.now() : Math.min(clock.now(), expected(doubted, clock));
    },
    both: () => (accepted === null ? null : { apiMs: likelyNow(), machineMs: expected(machine, clock) + sleptMs }),
    unseenMs() {
      if (accepted === null) return 0;
      const wallMs = movedAlone(accepted, clock);
      const aheadMs = doubted !== null && doubts >= 2 ? expected(doubted, clock) - likelyNow() : 0;
      const wasSet = Math.abs(wallMs) > TOLERANCE_MS;
      const isLikely = wasSet || aheadMs >= SLEPT_MS || clock.monotonic() - doubtedSinceMs >= DOUBTED_MS;
      return Math.max(0, wallMs, isLikely ? aheadMs : 0);
    },
    isAhead: (ms) => accepted !== null && ms > Math.max(now(), clock.now()) + START_TOLERANCE_MS,
    ask() {
      const asked = momentOf(clock);
      return (date) => {
        const dateMs = date === undefined ? Number.NaN : Date.parse(date);
        if (Number.isNaN(dateMs)) return;
        if (accepted !== null && movedAlone(asked, clock) > TOLERANCE_MS) return;
        const isOld = accepted !== null && passedSince(asked, clock) > TOLERANCE_MS;
        read({ dateMs, ...momentOf(clock) }, isOld);
      };
    },
  };
}

function momentOf(clock: Clock): Moment {
  return { monotonicMs: clock.monotonic(), wallMs: clock.now() };
}

/** Returns the API's now if that reading was right. */
function expected(reading: Reading, clock: Clock): number {
  return reading.dateMs + passedSince(reading, clock);
}

function passedSince({ monotonicMs }: Moment, clock: Clock): number {
  return clock.monotonic() - monotonicMs;
}

/** Returns by how much more the wall clock has moved on since that moment than the monotonic clock. */
function movedAlone(moment: Moment, clock: Clock): number {
  return clock.now() - moment.wallMs - passedSince(moment, clock);
}

/** Returns whether the reading is believed at once. */
function isPlausible({ dateMs, wallMs }: Reading, accepted: Reading | null, clock: Clock): boolean {
  if (accepted === null) return Math.abs(dateMs - wallMs) <= START_TOLERANCE_MS;
  return Math.abs(dateMs - expected(accepted, clock)) <= TOLERANCE_MS;
}

/**
 * Returns whether the reading is believed when a second answer agrees with it. After a start this is any instant; later
 * it is a step back. A step forward is believed only if the machine's wall clock made it too, as after a sleep of the
 * machine, in which the monotonic clock stood still.
 */
function isPossible({ dateMs, wallMs }: Reading, accepted: Reading | null): boolean {
  if (accepted === null) return true;
  const byWall = accepted.dateMs + (wallMs - accepted.wallMs);
  return dateMs <= Math.max(byWall + TOLERANCE_MS, wallMs + START_TOLERANCE_MS);
}
