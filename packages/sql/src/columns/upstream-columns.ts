import type { RowTable } from '@dbsync/core/contract';
import type { ColumnKind, FormerType } from '../engine/storage.js';

/**
 * The origin of a column's value: an upstream field, the row's place in its tree, a field of its contact, or this
 * package.
 */
export type ColumnSource =
  | { readonly from: 'field' | 'contact'; readonly field: string }
  | { readonly from: 'id' | 'contactId' | 'transactionId' | 'connectionId' }
  | { readonly from: 'changed' | 'proof' | 'overflow' | 'deleted' };

export interface ColumnSpec {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The type that the old client gave it; null: it had no such column. */
  readonly former: FormerType | null;
  readonly source: ColumnSource;
  /**
   * True: tables of earlier releases lack the column, so a start adds it and old rows are filled later. Each has a row in the column
   * map, which says whether it was made and filled. Tables in the layout of the old client never get it.
   */
  readonly isLate?: true;
}

/** All tables of rows, parents before children. */
export const ROW_TABLES: readonly RowTable[] = [
  'contacts',
  'transactions',
  'connections',
  'recordings',
  'inbound_calls',
];

/** Texts for which the old client made wider columns. */
const LONG_TEXTS = new Set(
  '$status_detail $recording $recording_url status_detail global_call_uuid filename location'.split(' '),
);

/** The campaign of a row's contact, so that reports of one campaign need no contacts. */
const CAMPAIGN: ColumnSpec = {
  name: 'campaign_id',
  kind: 'key',
  former: null,
  source: { from: 'contact', field: '$campaign_id' },
  isLate: true,
};

/** The columns that a copy has, in order; custom fields of contacts follow. */
export const UPSTREAM_COLUMNS: Readonly<Record<RowTable, readonly ColumnSpec[]>> = {
  contacts: [
    idSpec('$id', 'id'),
    ...fields('text', '$md5 $ref $version $campaign_id $task_id $task $status $status_detail'),
    ...fields('instant', '$created_date $entry_date'),
    ...fields('text', '$owner'),
    ...fields('instant', '$follow_up_date'),
    ...fields('text', '$phone $timezone $caller_id $source $comment $error $recording $recording_url'),
    ours('$changed', 'instant', 'changed'),
    ours('$sync', 'text', 'proof'),
    ours('$overflow', 'json', 'overflow'),
    ours('$deleted_at', 'instant', 'deleted'),
  ],
  transactions: [
    idSpec('id', 'id'),
    idSpec('contact_id', 'contactId'),
    ...fields('text', 'task_id task status status_detail'),
    ...fields('instant', 'fired'),
    ...fields('number', 'pause_time_sec edit_time_sec wrapup_time_sec'),
    ...fields('text', 'user user_loginName user_branch user_tenantAlias actor type result trigger'),
    ...fields('boolean', 'isHI revoked'),
    ...late('number', 'sequence_nr wait_time_sec'),
    ...late('instant', 'entry_date created_date'),
    ...late('text', 'version ref phone timezone data'),
    CAMPAIGN,
    ours('$changed', 'instant', 'changed'),
    ours('$overflow', 'json', 'overflow'),
  ],
  connections: [
    idSpec('id', 'id'),
    idSpec('parent_connection_id', 'connectionId'),
    ...fields('text', 'transfer_target_address call_uuid global_call_uuid'),
    idSpec('transaction_id', 'transactionId'),
    ...fields('text', 'task_id'),
    idSpec('contact_id', 'contactId'),
    ...fields('text', 'phone user actor hangup_party'),
    ...fields('boolean', 'isThirdPartyConnection'),
    ...fields('text', 'dialerdomain'),
    ...fields('instant', 'fired started initiated connected disconnected ended'),
    ...fields('number', 'duration'),
    ...fields('text', 'remote_number line_number technology result'),
    ...fields('number', 'code'),
    ...fields('instant', 'call_initiated call_connected call_disconnected'),
    CAMPAIGN,
    ours('$changed', 'instant', 'changed'),
    ours('$overflow', 'json', 'overflow'),
  ],
  recordings: [
    idSpec('id', 'id'),
    idSpec('contact_id', 'contactId'),
    idSpec('connection_id', 'connectionId'),
    ...fields('instant', 'started stopped'),
    ...fields('text', 'filename location'),
    ...late('text', 'callnumber'),
    ours('$changed', 'instant', 'changed'),
    ours('$overflow', 'json', 'overflow'),
  ],
  inbound_calls: [
    idSpec('id', 'id'),
    ...fields('text', 'line_id campaign_id task_id task_name'),
    ...fields('key', 'contact_id'),
    renamed('remote_number', 'text', 'calling_number'),
    renamed('line_number', 'text', 'called_number'),
    renamed('started', 'instant', 'call_time'),
    renamed('connected', 'instant', 'connect_time'),
    renamed('disconnected', 'instant', 'hangup_time'),
    ...fields('text', 'user state'),
    ...fields('instant', 'connectable_time'),
    ...fields('text', 'disposition'),
    ...fields('boolean', 'dispatch_error'),
    ours('$changed', 'instant', 'changed'),
    ours('$overflow', 'json', 'overflow'),
  ],
};

/**
 * True for a column that rows can do without. Copies of an earlier version lack it until a start adds it, and its loss loses
 * nothing that only a body has: the next listings set marks again.
 */
export function isDispensable({ source }: Pick<ColumnSpec, 'source'>): boolean {
  return source.from === 'deleted';
}

/** Returns the name of the column with the id of a row. */
export function keyColumn(table: RowTable): string {
  return UPSTREAM_COLUMNS[table][0]?.name ?? '';
}

/** The column that names a row's direct parent. It is indexed; a foreign key where `declared`. */
export const PARENT_COLUMNS: Readonly<Partial<Record<RowTable, ParentColumn>>> = {
  transactions: { column: 'contact_id', parent: 'contacts', declared: true },
  connections: { column: 'transaction_id', parent: 'transactions', declared: true },
  recordings: { column: 'connection_id', parent: 'connections', declared: true },
  /** A call may name a contact that has no row. */
  inbound_calls: { column: 'contact_id', parent: 'contacts', declared: false },
};

export interface ParentColumn {
  readonly column: string;
  readonly parent: RowTable;
  readonly declared: boolean;
}

/**
 * Returns the field by which the column map names the column; null for columns that are no field's. In tables below the
 * contacts a `$` field is one of the contact.
 */
export function mappedField({ source }: Pick<ColumnSpec, 'source'>): string | null {
  return source.from === 'field' || source.from === 'contact' ? source.field : null;
}

function idSpec(name: string, from: 'id' | 'contactId' | 'transactionId' | 'connectionId'): ColumnSpec {
  return { name, kind: 'key', former: 'key', source: { from } };
}

function ours(name: string, kind: ColumnKind, from: 'changed' | 'proof' | 'overflow' | 'deleted'): ColumnSpec {
  return { name, kind, former: from === 'changed' ? 'short' : null, source: { from } };
}

function renamed(name: string, kind: ColumnKind, field: string): ColumnSpec {
  return { name, kind, former: formerOf(name, kind), source: { from: 'field', field } };
}

function fields(kind: ColumnKind, names: string): ColumnSpec[] {
  return names.split(' ').map((name) => renamed(name, kind, name));
}

function late(kind: ColumnKind, names: string): ColumnSpec[] {
  return fields(kind, names).map((spec) => ({ ...spec, former: null, isLate: true }));
}

function formerOf(name: string, kind: ColumnKind): FormerType {
  if (name === '$comment') return 'text';
  if (LONG_TEXTS.has(name)) return 'long';
  if (kind === 'key' || kind === 'number') return kind;
  return kind === 'boolean' && name !== 'isThirdPartyConnection' ? 'boolean' : 'short';
}
