import type { CallSummary, SummaryRequest } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { ViewDialect } from '../engine/engine-views.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SchemaState } from '../schema/schema-state.js';
import { agentsByHourView } from './agent-view.js';
import { callsView, inboundView } from './call-views.js';
import { contactsWideView } from './contact-views.js';
import { type ReportWords, reportWords, type UtcDays } from './report-columns.js';
import { zoneOffsets } from './zone-offsets.js';

/** A row of a query, each number as the driver hands it out. */
export type SummaryRow = Readonly<Record<string, unknown>>;

/** The queries of a summary, by its members. One row of `hours` is an hour, and so on. */
type SummaryQueries = Readonly<Record<keyof CallSummary, RawBuilder<SummaryRow>>>;

/**
 * Returns the queries. Each reads the SELECT of a view for reports, whether that view is installed or not, so a report and the
 * views never count differently. A query reads the calls of its days alone, where their table has the index. No query returns
 * more than one row for each hour, or `most` rows.
 *
 * @throws a fatal SinkError for a name that is no time zone
 */
export function summaryQueries(
  context: SqlContext,
  dialect: ViewDialect,
  state: Pick<SchemaState, 'descriptions' | 'map'>,
  request: SummaryRequest,
): SummaryQueries {
  const words = reportWords(context, dialect, state, zoneOffsets(request.timeZone), daysAround(request));
  const most = context.engine.types.firstRows(request.most);
  const [calls, inbound] = [source(words, callsView), source(words, inboundView)];
  const [hours, contacts] = [source(words, agentsByHourView), source(words, (each) => contactsWideView(each, []))];
  const ofCampaign =
    request.campaign === null ? sql`` : sql` and ${sql.id('v', 'campaign_id')} = ${sql.val(request.campaign)}`;
  const started = sql`${within(dialect, 'started_local', request)}${ofCampaign}`;
  const worked = sql`${within(dialect, 'hour_local', request)}${ofCampaign}`;
  // A text that is a date in each engine, whatever its driver makes of dates.
  const day = sql`cast(${sql.id('v', 'started_day')} as char(10))`;
  const talk = sql`count(*) as calls, count(v.connected_at) as answered, coalesce(sum(v.talk_sec), 0) as talk_sec`;
  const agentSums = sql`sum(v.transactions) as transactions, sum(v.successes) as successes, sum(v.calls) as calls,
    sum(v.answered_calls) as answered, sum(v.talk_sec) as talk_sec`;
  const hasOutcome = sql`${started} and v.outcome is not null`;
  return {
    hours: sql`${calls} select ${day} as ${sql.id('day')}, v.started_hour as ${sql.id('hour')}, ${talk} from v where ${started}
      group by v.started_day, v.started_hour order by v.started_day, v.started_hour`,
    agents: sql`${hours} select v.agent, ${agentSums} from v where ${worked}
      group by v.agent order by sum(v.calls) desc, v.agent ${most}`,
    allAgents: sql`${hours} select count(distinct v.agent) as agents, ${agentSums} from v where ${worked}`,
    outcomes: sql`${calls} select v.outcome as name, count(distinct v.transaction_id) as amount from v where ${hasOutcome}
      group by v.outcome order by count(distinct v.transaction_id) desc, v.outcome ${most}`,
    allOutcomes: sql`${calls} select count(distinct v.transaction_id) as amount from v where ${hasOutcome}`,
    inbound: sql`${inbound} select count(*) as calls, sum(v.answered) as answered, sum(v.wait_sec) as wait_sec
      from v where ${started}`,
    statuses: sql`${contacts} select v.contact_status as name, count(*) as amount from v where v.contact_status is not null${ofCampaign}
      group by v.contact_status order by count(*) desc, v.contact_status ${most}`,
    allContacts: sql`${contacts} select count(*) as amount from v where v.contact_id is not null${ofCampaign}`,
  };
}

function source(words: ReportWords, view: (words: ReportWords) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`with v as (${view(words)})`;
}

/** Returns days in UTC that all times of the period are within: a zone is less than a day from UTC. */
function daysAround({ firstDay, lastDay }: SummaryRequest): UtcDays {
  return { from: dayAfter(firstDay, -1), until: dayAfter(lastDay, 2) };
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

function within(dialect: ViewDialect, column: string, { firstDay, lastDay }: SummaryRequest): RawBuilder<unknown> {
  const next = dayAfter(lastDay, 1);
  const time = sql.id('v', column);
  return sql`${time} >= ${dialect.constant(`${firstDay} 00:00:00`)} and ${time} < ${dialect.constant(`${next} 00:00:00`)}`;
}
