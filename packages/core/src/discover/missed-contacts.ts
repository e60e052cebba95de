import { isFields, jsonOrNull } from '../contract/index.js';
import { DAILY_MS } from './cadence.js';

/** The evidence that a contact was deleted: since when every complete listing has lacked it. */
export interface Absence {
  /** The start of the first listing that lacked the contact, by the later of two clocks. */
  readonly sinceMs: number;
  /** The start of the last listing that lacked the contact, by the earlier of two clocks. */
  readonly untilMs: number;
  /** The last listing that lacked the contact, by its mark in the progress. */
  readonly mark: string;
  /** The contact's version when the first listing lacked it. */
  readonly version: string;
}

/** The start of a complete listing that was read whole. */
export interface ListingStart {
  readonly mark: string;
  /** The earlier instant of two clocks that agree. */
  readonly earliestMs: number;
  readonly latestMs: number;
}

/**
 * After a longer time without a complete listing the evidence begins again: dbsync was stopped, or the store was
 * restored.
 */
const MOST_BETWEEN_MS = 3 * DAILY_MS;
/** If more than this share of the stored contacts is missing, none is removed without an operator's confirmation. */
const MOST_SHARE = 0.05;
/** The number of contacts that may be removed even from the smallest copy. */
const ALWAYS = 5;

/**
 * Returns the absence after one more listing that lacked the contact. The absence begins again in two cases: the
 * complete listing before this one is not the last listing of the absence, since that listing had the contact, or did
 * not look for it; or the contact was written since.
 *
 * @param previousMark the mark of the complete listing before this one; null: there is none
 */
export function missedAgain(
  known: Absence | null,
  version: string,
  { mark, earliestMs, latestMs }: ListingStart,
  previousMark: string | null,
): Absence {
  const goesOn = known !== null && known.mark === previousMark && known.version === version;
  const isPlausible = goesOn && known.untilMs <= latestMs && earliestMs - known.untilMs <= MOST_BETWEEN_MS;
  return isPlausible
    ? { ...known, untilMs: earliestMs, mark }
    : { sinceMs: latestMs, untilMs: earliestMs, mark, version };
}

/**
 * Returns whether the last complete listing lacked the contact, and it was not written since the first listing that
 * lacked it.
 */
export function isMissed(absence: Absence | null, version: string, lastMark: string | null): absence is Absence {
  return absence !== null && absence.mark === lastMark && absence.version === version;
}

/** Returns whether the contact was missing from two listings whose starts are a day apart. */
export function isMissedForADay({ sinceMs, untilMs }: Absence): boolean {
  return untilMs - sinceMs >= DAILY_MS;
}

/**
 * Returns how many of `stored` contacts may be missing, so that any of them is removed without an operator's
 * confirmation.
 */
export function mostMissed(stored: number): number {
  return Math.max(ALWAYS, Math.floor(stored * MOST_SHARE));
}

export function noteOf(absence: Absence): string {
  return JSON.stringify(absence);
}

/** Reads a note that the store kept (R36). Returns null if the text is no note. */
export function absenceOf(note: string | null): Absence | null {
  const value = note === null ? null : jsonOrNull(note);
  if (!isFields(value)) return null;
  const { sinceMs, untilMs, mark, version } = value;
  if (!isTime(sinceMs) || !isTime(untilMs) || typeof mark !== 'string' || typeof version !== 'string') return null;
  return { sinceMs, untilMs, mark, version };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
