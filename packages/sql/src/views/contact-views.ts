import { type RawBuilder, sql } from 'kysely';
import { foldedName } from '../columns/column-names.js';
import type { MappedColumn } from '../schema/mapped-field.js';
import { VIEW_WORDS } from '../words/view-words.js';
import type { ReportWords } from './report-columns.js';
import { firstOf, select, type ViewColumn } from './view-select.js';

/** Makes one row of each contact: the number of its calls, the last outcome, and the next follow-up. */
export function contactsNowView(words: ReportWords): RawBuilder<unknown> {
  const { dialect } = words;
  const [contact, step, call] = [
    words.table('contacts', 'k'),
    words.table('transactions', 't'),
    words.table('connections', 'c'),
  ];
  const below = sql`from ${step.from} where ${step.column('contact_id')} = ${contact.column('$id')}`;
  const attempts = sql`(select count(*) from ${step.from} join ${call.from}
    on ${call.column('transaction_id')} = ${step.column('id')}
    where ${step.column('contact_id')} = ${contact.column('$id')} and ${call.column('parent_connection_id')} is null)`;
  const last = (what: RawBuilder<unknown>) =>
    sql`(select ${what} ${below} order by ${step.column('fired')} desc, ${step.column('id')} desc ${words.firstRow})`;
  const touched = firstOf(last(step.time('fired')), contact.time('$entry_date'), contact.time('$created_date'));
  const next = contact.time('$follow_up_date');
  return select(
    [
      ['contact_id', contact.column('$id')],
      ['campaign_id', contact.column('$campaign_id')],
      ['ref', contact.column('$ref')],
      ['phone', contact.column('$phone')],
      ['owner', contact.column('$owner')],
      ['task', contact.column('$task')],
      ['status', contact.column('$status')],
      ['status_detail', contact.column('$status_detail')],
      ['created_at', contact.time('$created_date')],
      ['transactions', sql`(select count(*) ${below})`],
      ['attempts', attempts],
      ['last_at', last(step.time('fired'))],
      ['last_local', last(words.local(step.time('fired')))],
      ['last_agent', last(step.column('user'))],
      ['last_outcome', last(step.column('status'))],
      ['last_outcome_detail', last(step.column('status_detail'))],
      ['next_follow_up_at', next],
      ['next_follow_up_local', words.local(next)],
      ['days_untouched', dialect.daysSince(touched)],
      ['deleted_at', contact.time('$deleted_at')],
      ['changed_at', contact.time('$changed')],
    ],
    contact.from,
  );
}

/** Makes one row of each contact with all its custom fields, each under its own name where that name is free. */
export function contactsWideView(words: ReportWords, map: readonly MappedColumn[]): RawBuilder<unknown> {
  const contact = words.table('contacts', 'k');
  const columns: readonly ViewColumn[] = [
    ['contact_id', contact.column('$id')],
    ['campaign_id', contact.column('$campaign_id')],
    ['contact_ref', contact.column('$ref')],
    ['contact_phone', contact.column('$phone')],
    ['contact_task', contact.column('$task')],
    ['contact_status', contact.column('$status')],
    ['contact_status_detail', contact.column('$status_detail')],
    ['contact_owner', contact.column('$owner')],
    ['created_at', contact.time('$created_date')],
    ['follow_up_at', contact.time('$follow_up_date')],
    ['deleted_at', contact.time('$deleted_at')],
    ['changed_at', contact.time('$changed')],
  ];
  const custom = wideColumns(map).map(([name, column]): ViewColumn => [name, sql.id('k', column)]);
  return select([...columns, ...custom], contact.from);
}

/** Returns the columns of custom fields in that view, each with its column of contacts. */
export function wideColumns(map: readonly MappedColumn[]): readonly (readonly [name: string, column: string])[] {
  const taken = new Set(Object.keys(VIEW_WORDS.contacts_wide.columns).map(foldedName));
  const columns: (readonly [string, string])[] = [];
  for (const { column, field } of map) {
    if (field.startsWith('$')) continue;
    const name = [field, column, `${column}_2`].find((candidate) => isFree(candidate, taken));
    if (name === undefined) continue;
    taken.add(foldedName(name));
    columns.push([name, column]);
  }
  return columns;
}

/** The longest name, in bytes of UTF-8, that every engine takes. */
const MAX_NAME_BYTES = 60;

function isFree(name: string, taken: ReadonlySet<string>): boolean {
  const isPlain =
    /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u.test(name) && name.trim() === name && !/[\u{10000}-\u{10ffff}]/u.test(name);
  return isPlain && Buffer.byteLength(name) <= MAX_NAME_BYTES && !taken.has(foldedName(name));
}
