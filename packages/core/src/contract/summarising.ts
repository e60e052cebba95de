import type { Stream } from './batch.js';
import type { CallOptions } from './call-options.js';

/**
 * Sums over the calls of a copy, for people who read reports. The call needs no claim and changes nothing. It may run
 * beside the writes of any holder, also where the sink only looks, and it needs no view to be installed ({@link Viewing}).
 */
export interface Summarising {
  /**
   * Returns the sums of a period. The target adds up, so the size of the answer depends on the number of days and on
   * `most`, and not on the number of rows. Rows that are written meanwhile may count in one sum and not in another.
   */
  summarise(request: SummaryRequest, options: CallOptions): Promise<CallSummary>;
}

/** The choices for a summary. */
export interface SummaryRequest {
  /** The IANA name of the zone of days and hours. A name that JavaScript does not know is a fatal SinkError. */
  readonly timeZone: string;
  /** The first day of the period in that zone, such as `2026-01-31`. */
  readonly firstDay: string;
  /** The last day of the period, which belongs to it; not before `firstDay`. */
  readonly lastDay: string;
  /** The campaign whose rows count. Null: those of all campaigns of the target. */
  readonly campaign: Stream | null;
  /** The most agents, outcomes and statuses that are named each; the totals count all of them. */
  readonly most: number;
}

/** The sums of a period. Days and hours are local; seconds have up to three digits behind the point. */
export interface CallSummary {
  /** The hours that have calls, in the order of time. A call belongs to the hour of its start. */
  readonly hours: readonly HourOfCalls[];
  /** The agents with most calls first. Calls and transactions without an agent are left out. */
  readonly agents: readonly AgentSummary[];
  /** All agents together, also those that are not named. */
  readonly allAgents: AgentSums & { readonly agents: number };
  /** The outcomes of transactions that have a call in the period, the most frequent first. */
  readonly outcomes: readonly NamedCount[];
  /** The number of transactions of all outcomes. */
  readonly allOutcomes: number;
  readonly inbound: InboundSums;
  /** The contacts of each status as they are now, whatever the period is, the most frequent status first. */
  readonly statuses: readonly NamedCount[];
  /** The number of all contacts now, also of those without a status. */
  readonly allContacts: number;
}

/** The calls of an hour. */
export interface HourOfCalls {
  /** Such as `2026-01-31`. */
  readonly day: string;
  /** A number from 0 to 23. */
  readonly hour: number;
  readonly calls: number;
  readonly answered: number;
  readonly talkSec: number;
}

/** Sums of agents. A transaction belongs to the hour of its `fired`. */
export interface AgentSums {
  readonly transactions: number;
  readonly successes: number;
  readonly calls: number;
  readonly answered: number;
  readonly talkSec: number;
}

/** The sums of an agent. */
export interface AgentSummary extends AgentSums {
  readonly agent: string;
}

/** A name and how often it occurs. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** The inbound calls of the period. */
export interface InboundSums {
  readonly calls: number;
  readonly answered: number;
  /** The time that callers waited, in all. */
  readonly waitSec: number;
}
