import { type RawBuilder, sql } from 'kysely';
import { startedWithin } from './call-views.js';
import type { ReportTable, ReportWords } from './report-columns.js';
import { firstOf, select, type ViewColumn } from './view-select.js';

/** The sums of an agent's hour, by their names. */
const HOURLY_SUMS = [
  ...['transactions', 'successes', 'calls', 'answered_calls'],
  ...['talk_sec', 'wait_sec', 'edit_sec', 'pause_sec', 'wrapup_sec'],
] as const;

/** Makes one row of each agent, campaign and local hour. Work of the dialer alone has no agent, and is left out. */
export function agentsByHourView(words: ReportWords): RawBuilder<unknown> {
  const { dialect } = words;
  const [step, call] = [words.table('transactions', 't'), words.table('connections', 'c')];
  const ownStep = words.table('transactions', 's');
  const contact = words.table('contacts', 'k');
  const hour = (time: RawBuilder<unknown>) => dialect.hourOf(words.local(time));
  const ofSteps: Hourly = {
    transactions: sql`1`,
    successes: sql`case when ${step.column('status')} = 'success' then 1 else 0 end`,
    wait_sec: orZero(step.number('wait_time_sec')),
    edit_sec: orZero(step.number('edit_time_sec')),
    pause_sec: orZero(step.number('pause_time_sec')),
    wrapup_sec: orZero(step.number('wrapup_time_sec')),
  };
  const ofCalls: Hourly = {
    calls: sql`1`,
    answered_calls: sql`case when ${call.column('connected')} is null then 0 else 1 end`,
    talk_sec: orZero(dialect.secondsBetween(call.time('connected'), call.time('disconnected'))),
  };
  const started = firstOf(call.time('started'), call.time('fired'));
  const steps = hourly(step.column('user'), contact, hour(step.time('fired')), ofSteps);
  const calls = hourly(firstOf(call.column('user'), ownStep.column('user')), contact, hour(started), ofCalls);
  const stepsWithin = words.days === null ? sql`` : sql` where ${step.within('fired', words.days)}`;
  const ofCall = sql`left join ${ownStep.from} on ${ownStep.column('id')} = ${call.column('transaction_id')}`;
  const both = sql`${select(steps, sql`${joinContact(step, contact)}${stepsWithin}`)} union all ${select(
    calls,
    sql`${joinContact(call, contact)} ${ofCall}${startedWithin(words, call)}`,
  )}`;
  const key = ['agent', 'campaign_id', 'hour_local'].map((name): ViewColumn => [name, sql.id('w', name)]);
  const sums = HOURLY_SUMS.map((name): ViewColumn => [name, sql`sum(${sql.id('w', name)})`]);
  return sql`${select([...key, ...sums], sql`(${both}) ${sql.id('w')}`)} where ${sql.id('w', 'agent')} is not null
    group by ${sql.join(key.map(([, expression]) => expression))}`;
}

type Hourly = Readonly<Partial<Record<(typeof HOURLY_SUMS)[number], RawBuilder<unknown>>>>;

function hourly(
  agent: RawBuilder<unknown>,
  contact: ReportTable,
  hour: RawBuilder<unknown>,
  sums: Hourly,
): ViewColumn[] {
  return [
    ['agent', agent],
    ['campaign_id', contact.column('$campaign_id')],
    ['hour_local', hour],
    ...HOURLY_SUMS.map((name): ViewColumn => [name, sums[name] ?? sql`0`]),
  ];
}

function joinContact(row: ReportTable, contact: ReportTable): RawBuilder<unknown> {
  return sql`${row.from} left join ${contact.from} on ${contact.column('$id')} = ${row.column('contact_id')}`;
}

function orZero(expression: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce(${expression}, 0)`;
}
