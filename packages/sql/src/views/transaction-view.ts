import { type RawBuilder, sql } from 'kysely';
import type { ReportWords } from './report-columns.js';
import { select } from './view-select.js';

/** Makes one row of each transaction, with or without a call. */
export function transactionsView(words: ReportWords): RawBuilder<unknown> {
  const { dialect } = words;
  const [step, contact] = [words.table('transactions', 't'), words.table('contacts', 'k')];
  const fired = step.time('fired');
  return select(
    [
      ['transaction_id', step.column('id')],
      ['contact_id', step.column('contact_id')],
      ['campaign_id', contact.column('$campaign_id')],
      ['task', step.column('task')],
      ['agent', step.column('user')],
      ['agent_login', step.column('user_loginName')],
      ['agent_branch', step.column('user_branch')],
      ['fired_at', fired],
      ['fired_local', words.local(fired)],
      ['fired_day', dialect.dayOf(words.local(fired))],
      ['fired_hour', dialect.hourOfDay(words.local(fired))],
      ['wait_sec', step.number('wait_time_sec')],
      ['edit_sec', step.number('edit_time_sec')],
      ['pause_sec', step.number('pause_time_sec')],
      ['wrapup_sec', step.number('wrapup_time_sec')],
      ['type', step.column('type')],
      ['outcome', step.column('status')],
      ['outcome_detail', step.column('status_detail')],
      ['contact_phone', contact.column('$phone')],
      ['contact_status', contact.column('$status')],
      ['contact_ref', contact.column('$ref')],
      ['changed_at', step.time('$changed')],
      ['fired_raw', step.column('fired')],
    ],
    sql`${step.from} left join ${contact.from} on ${contact.column('$id')} = ${step.column('contact_id')}`,
  );
}
