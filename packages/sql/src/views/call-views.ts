import { type RawBuilder, sql } from 'kysely';
import type { ReportTable, ReportWords } from './report-columns.js';
import { firstOf, select, type ViewColumn } from './view-select.js';

/** Makes one row of each connection, with the facts of its transaction and its contact. */
export function callsView(words: ReportWords): RawBuilder<unknown> {
  const { dialect } = words;
  const [call, step, contact] = [
    words.table('connections', 'c'),
    words.table('transactions', 't'),
    words.table('contacts', 'k'),
  ];
  const [other, recording] = [words.table('connections', 'o'), words.table('recordings', 'r')];
  const started = firstOf(call.time('started'), call.time('fired'));
  // The times of a transaction are those of its first connection alone, so that sums count them once.
  const first = sql`${call.column('id')} = (select min(${other.column('id')}) from ${other.from}
    where ${other.column('transaction_id')} = ${call.column('transaction_id')})`;
  const once = (name: string) => sql`case when ${first} then ${step.number(name)} end`;
  const recorded = rowOfCall(
    words,
    {
      recordings: sql`count(*)`,
      recording: sql`min(${recording.column('filename')})`,
      recording_url: sql`min(${recording.column('location')})`,
    },
    sql`${recording.from} where ${recording.column('connection_id')} = ${call.column('id')}`,
  );
  return select(
    [
      ['call_id', call.column('id')],
      ['parent_call_id', call.column('parent_connection_id')],
      ['transaction_id', call.column('transaction_id')],
      ['contact_id', call.column('contact_id')],
      ['campaign_id', contact.column('$campaign_id')],
      ['task', step.column('task')],
      ['agent', firstOf(call.column('user'), step.column('user'))],
      ['agent_login', step.column('user_loginName')],
      ['agent_branch', step.column('user_branch')],
      ['remote_number', firstOf(call.column('remote_number'), call.column('phone'))],
      ['line_number', call.column('line_number')],
      ['technology', call.column('technology')],
      ['started_at', started],
      ['started_local', words.local(started)],
      ['started_day', dialect.dayOf(words.local(started))],
      ['started_hour', dialect.hourOfDay(words.local(started))],
      ['connected_at', call.time('connected')],
      ['ended_at', call.time('disconnected')],
      ['ring_sec', dialect.secondsBetween(call.time('started'), call.time('connected'))],
      ['talk_sec', dialect.secondsBetween(call.time('connected'), call.time('disconnected'))],
      ['wait_sec', once('wait_time_sec')],
      ['edit_sec', once('edit_time_sec')],
      ['pause_sec', once('pause_time_sec')],
      ['wrapup_sec', once('wrapup_time_sec')],
      ['call_result', call.column('result')],
      ['outcome', step.column('status')],
      ['outcome_detail', step.column('status_detail')],
      ['hangup_party', call.column('hangup_party')],
      ...recorded.columns,
      ['contact_phone', contact.column('$phone')],
      ['contact_status', contact.column('$status')],
      ['contact_ref', contact.column('$ref')],
      ['changed_at', call.time('$changed')],
      ['started_raw', call.column('started')],
    ],
    sql`${call.from}
      left join ${step.from} on ${step.column('id')} = ${call.column('transaction_id')}
      left join ${contact.from} on ${contact.column('$id')} = ${call.column('contact_id')}${recorded.join}${startedWithin(words, call)}`,
  );
}

/** Returns the columns of a query of one row, and the join that brings that row where the engine has such a join. */
function rowOfCall(
  { dialect }: ReportWords,
  values: Readonly<Record<string, RawBuilder<unknown>>>,
  from: RawBuilder<unknown>,
): { readonly columns: readonly ViewColumn[]; readonly join: RawBuilder<unknown> } {
  const columns = Object.entries(values);
  if (dialect.joinRow === undefined) {
    return { columns: columns.map(([name, value]) => [name, sql`(select ${value} from ${from})`]), join: sql`` };
  }
  const join = sql` ${dialect.joinRow(select(columns, from), ROW)}`;
  return { columns: columns.map(([name]) => [name, sql.id(ROW, name)]), join };
}

/** The alias of that row. */
const ROW = 'w';

/** Makes one row of each inbound call. */
export function inboundView(words: ReportWords): RawBuilder<unknown> {
  const { dialect } = words;
  const [call, contact] = [words.table('inbound_calls', 'i'), words.table('contacts', 'k')];
  const end = firstOf(call.time('connected'), call.time('disconnected'));
  const within = words.days === null ? sql`` : sql` where ${call.within('started', words.days)}`;
  return select(
    [
      ['call_id', call.column('id')],
      ['contact_id', call.column('contact_id')],
      ['campaign_id', call.column('campaign_id')],
      ['task', call.column('task_name')],
      ['agent', call.column('user')],
      ['remote_number', call.column('remote_number')],
      ['line_number', call.column('line_number')],
      ['started_at', call.time('started')],
      ['started_local', words.local(call.time('started'))],
      ['started_day', dialect.dayOf(words.local(call.time('started')))],
      ['started_hour', dialect.hourOfDay(words.local(call.time('started')))],
      ['connected_at', call.time('connected')],
      ['ended_at', call.time('disconnected')],
      ['wait_sec', dialect.secondsBetween(call.time('started'), end)],
      ['talk_sec', dialect.secondsBetween(call.time('connected'), call.time('disconnected'))],
      ['answered', sql`case when ${call.column('connected')} is null then 0 else 1 end`],
      ['state', call.column('state')],
      ['disposition', call.column('disposition')],
      ['contact_phone', contact.column('$phone')],
      ['contact_status', contact.column('$status')],
      ['changed_at', call.time('$changed')],
      ['started_raw', call.column('started')],
    ],
    sql`${call.from} left join ${contact.from} on ${contact.column('$id')} = ${call.column('contact_id')}${within}`,
  );
}

/** Returns the end of a query of connections that leaves out those of other days. A call without a start has its `fired`. */
export function startedWithin({ days }: ReportWords, call: ReportTable): RawBuilder<unknown> {
  return days === null ? sql`` : sql` where (${call.within('started', days)} or ${call.mayLack('started')})`;
}
