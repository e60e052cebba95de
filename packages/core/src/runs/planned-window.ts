import type { Progress, StreamState } from '../contract/index.js';
import { dailySlotOf } from '../daemon/daily-slot.js';
import { withoutFuture } from '../discover/future-progress.js';
import { toInstant } from '../discover/window.js';
import type { ApiClient } from '../fetch/api-client.js';
import { planOf, type RunContext, type RunSettings } from './run-settings.js';
import {
  afterLostRows,
  copyRange,
  isCompleteListingDue,
  progressAtStart,
  type StreamRows,
  underFieldRules,
  weekBefore,
} from './start-range.js';

/** The time that a start covers. Instants are ISO 8601. */
export interface PlannedWindow {
  /** `complete`: the first listing compares all that the copy should hold; `changes`: those since the last listing. */
  readonly listing: 'changes' | 'complete';
  /** The start of that listing. Null: all contacts are listed. */
  readonly listedFrom: string | null;
  /** The number of days by which that listing begins earlier: it knows days only. */
  readonly daysEarlier: 1 | 2;
  /** The start of the events that `db_sync` reads. Null: the mode reads none. */
  readonly eventsFrom: string | null;
  /** The start of the inbound calls that are read. Null: all of them. */
  readonly inboundFrom: string | null;
  /** The back-fill that `db_sync` begins or continues beside the live events. Null: none. */
  readonly backfill: PlannedBackfill | null;
}

/** A back-fill. Instants are ISO 8601. */
export interface PlannedBackfill {
  /** The start of its listing of contacts. Null: they are copied already. */
  readonly contactsFrom: string | null;
  readonly callsFrom: string;
  /** True: this start begins it. */
  readonly isNew: boolean;
}

/** Returns the relation of the rows to the progress that a start will find. @param losesRows the start finds rows lost */
export function rowsAtStart(state: StreamState | null, losesRows: boolean): StreamRows {
  if (state?.hasForeignRows || (losesRows && state === null)) return 'without progress';
  return losesRows || state?.hasLostRows ? 'lost' : 'as recorded';
}

/** Finds the time that a start covers, by the rules of the start itself. */
export function plannedWindow(
  settings: RunSettings,
  context: RunContext,
  api: Pick<ApiClient, 'now' | 'isAhead'>,
  { stored, rows }: { readonly stored: Progress | null; readonly rows: StreamRows },
): PlannedWindow {
  const { mode, since, campaign } = settings;
  const plan = planOf(settings);
  const now = toInstant(api.now());
  const recorded =
    stored && withoutFuture(underFieldRules(rows === 'lost' ? afterLostRows(stored) : stored, plan), now, api.isAhead);
  if (mode !== 'db_sync') {
    const wanted = mode === 'db_update' ? (since ?? weekBefore(api.now())) : since;
    const { listFrom, daysEarlier, inboundFrom, widens } = copyRange(recorded, { wanted, rows, now });
    const listing = widens ? 'complete' : 'changes';
    return { listing, listedFrom: listFrom, daysEarlier, eventsFrom: null, inboundFrom, backfill: null };
  }
  const start = progressAtStart(recorded, { since, rows, now, keepsHistory: true });
  const clocks = { apiMs: api.now(), monotonicMs: context.clock.monotonic() };
  const isComplete = isCompleteListingDue(start, plan, null, { now: clocks, isSlot: dailySlotOf(campaign) });
  const { backfill } = start;
  return {
    listing: isComplete ? 'complete' : 'changes',
    listedFrom: isComplete ? start.since : start.listedFrom,
    daysEarlier: isComplete ? 1 : 2,
    eventsFrom: start.eventsUntil ?? start.listedFrom ?? now,
    inboundFrom: start.inboundUntil ?? start.since,
    backfill: backfill && {
      contactsFrom: backfill.cursor === null ? backfill.from : null,
      callsFrom: backfill.cursor ?? backfill.from,
      isNew: start !== recorded,
    },
  };
}
