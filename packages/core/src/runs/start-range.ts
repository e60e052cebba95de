import type { Progress } from '../contract/index.js';
import { isDailyDue, type TwoClocks } from '../discover/cadence.js';
import { earlier, NO_PROGRESS } from '../discover/watermark.js';
import { toInstant } from '../discover/window.js';
import { fieldRulesOfPlan } from '../records/field-rules.js';
import { filledIn } from './unfilled-copy.js';

/*
 * The decisions of a start that need no session, so that `dbsync plan` shows what a start does by the same rules.
 */

/**
 * The relation between the rows of the stream and its progress: whether the rows are those that the progress covers.
 */
export type StreamRows = 'as recorded' | 'without progress' | 'lost';

const WEEK_MS = 7 * 86_400_000;

/** Returns where `db_update` begins without `--since`: a week ago. */
export function weekBefore(nowMs: number): string {
  return toInstant(nowMs - WEEK_MS);
}

/** Returns the progress after rows were lost (R16b): all contacts and all inbound calls are due. */
export function afterLostRows(recorded: Progress): Progress {
  return { ...recorded, plan: null, inboundUntil: null };
}

/** True where rows were written under other rules for fields than those of this plan. */
export function hasOtherFieldRules({ plan: before }: Progress, plan: string): boolean {
  const now = fieldRulesOfPlan(plan);
  return before === null ? now !== '' : fieldRulesOfPlan(before) !== now;
}

/** Returns the progress under this plan: inbound calls name no plan, so new rules for fields make all of them due. */
export function underFieldRules(recorded: Progress, plan: string): Progress {
  if (recorded.inboundUntil === null || !hasOtherFieldRules(recorded, plan)) return recorded;
  return { ...recorded, inboundUntil: null };
}

/** The facts that decide where `db_sync` begins. */
export interface SyncStart {
  readonly since: string | null;
  readonly rows: StreamRows;
  /** The present time of the API, ISO 8601. */
  readonly now: string;
  /** True for a database: without `--since` its new copy lacks all that was before. */
  readonly keepsHistory: boolean;
}

/**
 * Returns the progress with which `db_sync` begins: a new one from `--since` or from now; or the recorded one, which an
 * earlier `--since` gives a back-fill (R7). The recorded one is returned itself where nothing changes it.
 *
 * @param recorded null: the stream has none
 */
export function progressAtStart(recorded: Progress | null, { since, rows, now, keepsHistory }: SyncStart): Progress {
  if (recorded === null) {
    if (rows === 'without progress') return takingOver(now);
    const begin = startingAt(earlier(since, now) ?? now);
    return keepsHistory && since === null ? { ...begin, unfilled: true } : begin;
  }
  if (since === null || recorded.since === null || since >= recorded.since) return recorded;
  const from = earlier(since, recorded.backfill?.from ?? null) ?? since;
  return { ...filledIn(recorded), since, backfill: { from, cursor: null } };
}

function startingAt(since: string): Progress {
  return { ...NO_PROGRESS, since, eventsUntil: since, listedFrom: since, inboundUntil: since };
}

/**
 * Returns the progress for rows without progress: all contacts and calls are listed once, and events continue from now.
 */
function takingOver(now: string): Progress {
  return { ...NO_PROGRESS, eventsUntil: now };
}

/**
 * Returns whether the listing is a complete one: under another plan than the last complete one had, and once a day.
 *
 * @param completedMs when this process last made one, by the monotonic clock; null: never
 */
export function isCompleteListingDue(
  { plan: before, fullyListedFrom }: Progress,
  plan: string,
  completedMs: number | null,
  { now, isSlot }: { readonly now: TwoClocks; readonly isSlot: (apiMs: number) => boolean },
): boolean {
  const last = { apiMs: fullyListedFrom === null ? null : Date.parse(fullyListedFrom), monotonicMs: completedMs };
  return before !== plan || isDailyDue(last, now, isSlot);
}

/** The ranges that `db_init` and `db_update` copy. Instants are ISO 8601; null: everything. */
export interface CopyRange {
  /** The start of the copy's range that the run records. */
  readonly begin: string | null;
  readonly listFrom: string | null;
  /** The number of days by which the listing begins earlier. */
  readonly daysEarlier: 1 | 2;
  readonly inboundFrom: string | null;
  /** True: all of the recorded range and more is copied, so the listing is a complete one. */
  readonly widens: boolean;
}

/**
 * Returns what `db_init` and `db_update` copy: from the wanted start, or from an earlier one up to which the copy is
 * not complete.
 *
 * @param recorded null: the stream has no progress
 * @param now the present time of the API, ISO 8601
 */
export function copyRange(
  recorded: Progress | null,
  { wanted, rows, now }: { readonly wanted: string | null; readonly rows: StreamRows; readonly now: string },
): CopyRange {
  const since = rows === 'as recorded' ? wanted : sinceOfAll(wanted, recorded ?? NO_PROGRESS);
  const begin = since && earlier(since, now);
  const known = recorded ?? { ...NO_PROGRESS, since: begin };
  const listFrom = since && (rows === 'lost' ? since : earlier(since, known.listedFrom));
  return {
    begin,
    listFrom,
    daysEarlier: listFrom === since ? 1 : 2,
    inboundFrom: since && earlier(since, known.inboundUntil),
    widens: recorded === null || since === null || (known.since !== null && since <= known.since),
  };
}

/**
 * Returns the start of the comparison after rows were lost, or where no progress describes them: all that the stream
 * should hold.
 */
function sinceOfAll(wanted: string | null, { since }: Progress): string | null {
  return wanted === null || since === null ? null : earlier(wanted, since);
}
