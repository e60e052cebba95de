import type { RowTable } from '@dbsync/core/contract';
import { isIndexName } from '../engine/engine-indexing.js';
import type { TextStorage } from '../engine/storage.js';
import { ROW_TABLES } from './upstream-columns.js';

/** An index for people who read the tables. */
export interface ReportIndex {
  readonly table: RowTable;
  readonly columns: readonly string[];
  /** The end of its name, behind that of its table: short enough for the longest prefix. It never changes. */
  readonly suffix: string;
}

/**
 * The indexes for reports. The index on `contact_id` and `fired` replaces the one on only `contact_id`, by which rows find their parent.
 */
export const REPORT_INDEXES: readonly ReportIndex[] = [
  index('transactions', 'contact_id fired', 'by_contact'),
  index('transactions', 'fired', 'fired'),
  index('connections', 'contact_id', 'by_contact'),
  index('connections', 'started', 'started'),
  index('connections', 'user started', 'by_user'),
  index('recordings', 'contact_id', 'by_contact'),
  index('inbound_calls', 'started', 'started'),
  index('inbound_calls', 'remote_number', 'by_number'),
  index('contacts', '$phone', 'phone'),
  index('contacts', '$follow_up_date', 'follow_up'),
  index('contacts', '$status', 'status'),
  ...ROW_TABLES.map((table) => index(table, '$changed', 'changed')),
];

function index(table: RowTable, columns: string, suffix: string): ReportIndex {
  return { table, columns: columns.split(' '), suffix };
}

/** True for a name that dbsync gives an index for reports on this table. */
export function isReportIndexName(rowTable: RowTable, table: string, name: string): boolean {
  return REPORT_INDEXES.some((each) => each.table === rowTable && isIndexName(`${table}_${each.suffix}`, name));
}

/** True for a column that an index for reports has. */
export function isReportColumn(table: RowTable, column: string): boolean {
  return REPORT_INDEXES.some((each) => each.table === table && each.columns.includes(column));
}

/** Returns the storage with room for this number of characters at most: longer texts stand in `$overflow`. */
export function boundedStorage(storage: TextStorage, most: number): TextStorage {
  const { maxLength } = storage;
  return maxLength !== null && maxLength <= most ? storage : { ...storage, maxLength: most };
}
