import { isFields, jsonOrNull } from '../contract/index.js';
import { DAILY_MS } from './cadence.js';

/** The evidence against a contact: since when every complete listing has lacked it. */
export interface Absence {
  /** The start of the first listing that lacked the contact: the later of two clocks. */
  readonly sinceMs: number;
  /** The start of the last one: the earlier of two clocks. */
  readonly untilMs: number;
  /** The last one, by its mark in the progress. */
  readonly mark: string;
  /** The contact's version when the first listing lacked it. */
  readonly version: string;
}

/** The start of a complete listing that was read whole. */
export interface ListingStart {
  readonly mark: string;
  /** By two clocks that agree. */
  readonly earliestMs: number;
  readonly latestMs: number;
}

/** After a longer time without a complete listing the evidence begins anew: dbsync stood still, or the store was restored. */
const MOST_BETWEEN_MS = 3 * DAILY_MS;
/** More than this share of the stored contacts never goes without a question. */
const MOST_SHARE = 0.05;
/** So many may go from the smallest copy. */
const ALWAYS = 5;

/**
 * The absence after one more listing that lacked the contact. It begins anew where the complete listing before that was another one
 * than the last of the absence, since that one had the contact, or did not look; and where the contact was written since.
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

/** Whether the last complete listing lacked the contact, and it was not written since the first one that did. */
export function isMissed(absence: Absence | null, version: string, lastMark: string | null): absence is Absence {
  return absence !== null && absence.mark === lastMark && absence.version === version;
}

/** Whether two listings lacked it whose starts are a day apart. */
export function isMissedForADay({ sinceMs, untilMs }: Absence): boolean {
  return untilMs - sinceMs >= DAILY_MS;
}

/** How many of so many stored contacts may be missing, for any of them to be removed without a question. */
export function mostMissed(stored: number): number {
  return Math.max(ALWAYS, Math.floor(stored * MOST_SHARE));
}

export function noteOf(absence: Absence): string {
  return JSON.stringify(absence);
}

/** Reads a note that the store kept (R36). Null: it is none. */
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
