import type { RowTable } from '@dbsync/core/contract';
import { SinkError } from '@dbsync/core/contract';
import type { SyncTables } from './sync-tables.js';

/** The names of all tables of a copy under one prefix. */
export type TableNames = Readonly<Record<RowTable | keyof SyncTables, string>>;

const PREFIX = /^[\p{L}\p{N}_$-]*$/u;
/**
 * With the longest name that follows a prefix, which is an index's, this makes the 63 bytes that every engine takes.
 */
const MAX_PREFIX_BYTES = 38;

export function tableNames(prefix: string): TableNames {
  if (!PREFIX.test(prefix) || Buffer.byteLength(prefix) > MAX_PREFIX_BYTES) {
    throw new SinkError(
      'SQL_PREFIX_INVALID',
      `The table prefix ${JSON.stringify(prefix)} is invalid: it may have up to ${MAX_PREFIX_BYTES} letters, digits, and _ $ -`,
      { verdict: 'fatal', outcome: 'not-committed' },
    );
  }
  return {
    contacts: `${prefix}contacts`,
    transactions: `${prefix}transactions`,
    connections: `${prefix}connections`,
    recordings: `${prefix}recordings`,
    inbound_calls: `${prefix}inbound_calls`,
    sync_state: `${prefix}sync_state`,
    sync_columns: `${prefix}sync_columns`,
    sync_requests: `${prefix}sync_requests`,
    dead_letters: `${prefix}dead_letters`,
    sync_forgotten: `${prefix}sync_forgotten`,
    sync_audit: `${prefix}sync_audit`,
    sync_missing: `${prefix}sync_missing`,
    sync_heartbeats: `${prefix}sync_heartbeats`,
  };
}
