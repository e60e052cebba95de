import type { CampaignStatus } from '@dbsync/core/cli-kit';
import type { CallSummary } from '@dbsync/core/contract';
import { daysOf, type ReportPeriod } from './report-period.js';

/** The object that `report --json` prints. Seconds have up to three digits behind the point. */
export interface CampaignReport extends ReportPeriod, Omit<CallSummary, 'hours'> {
  readonly type: 'report';
  readonly target: string;
  /** Null: all campaigns of the target. */
  readonly campaign: string | null;
  /** The time at which the figures were read, ISO 8601 UTC. */
  readonly madeAt: string;
  /** The zone of days and hours. */
  readonly timeZone: string;
  readonly copies: readonly ReportedCopy[];
  readonly totals: CallSums;
  /** The 24 hours of the day, over all days. */
  readonly byHour: readonly (CallSums & { readonly hour: number })[];
  /** All days of the period, also those without a call. */
  readonly byDay: readonly (CallSums & { readonly day: string })[];
}

/** Sums of calls. */
export interface CallSums {
  readonly calls: number;
  readonly answered: number;
  readonly talkSec: number;
}

/** The progress of the copy of a campaign. */
export interface ReportedCopy {
  readonly campaign: string;
  readonly state: CampaignStatus['state'];
  /** The time up to which events were copied, ISO 8601 UTC. Null: none were. */
  readonly copiedUntil: string | null;
  /** A time by the target's clock. Null: nothing was copied yet. */
  readonly behindMs: number | null;
}

/** The facts that a report is made of. */
export interface ReportFacts extends ReportPeriod {
  readonly target: string;
  readonly campaign: string | null;
  readonly timeZone: string;
  readonly statuses: readonly CampaignStatus[];
  readonly summary: CallSummary;
  /** A time, in milliseconds since 1970. */
  readonly nowMs: number;
}

export function campaignReport({ summary, statuses, nowMs, ...facts }: ReportFacts): CampaignReport {
  const { hours, ...others } = summary;
  const byHour = Map.groupBy(hours, ({ hour }) => hour);
  const byDay = Map.groupBy(hours, ({ day }) => day);
  return {
    type: 'report',
    ...facts,
    madeAt: new Date(nowMs).toISOString(),
    copies: statuses.map(({ campaign, state, progress, behindMs }) => ({
      campaign,
      state,
      copiedUntil: progress?.eventsUntil ?? null,
      behindMs: behindMs === null ? null : Math.round(behindMs),
    })),
    totals: callSums(hours),
    byHour: Array.from({ length: 24 }, (_, hour) => ({ hour, ...callSums(byHour.get(hour) ?? []) })),
    byDay: daysOf(facts).map((day) => ({ day, ...callSums(byDay.get(day) ?? []) })),
    ...others,
  };
}

/** Adds up calls, in whole milliseconds: the sum of many seconds with fractions is else not exact. */
export function callSums(rows: readonly CallSums[]): CallSums {
  const sums = { calls: 0, answered: 0, talkMs: 0 };
  for (const { calls, answered, talkSec } of rows) {
    sums.calls += calls;
    sums.answered += answered;
    sums.talkMs += Math.round(talkSec * 1000);
  }
  return { calls: sums.calls, answered: sums.answered, talkSec: sums.talkMs / 1000 };
}
