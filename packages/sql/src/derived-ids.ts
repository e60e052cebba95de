import { hash } from 'node:crypto';
import type { Row, RowTable } from '@dbsync/core/contract';

/** The ids that rows take because another contact's row has theirs (R18). */
export interface DerivedIds {
  /** The row under the ids that it and those above it are stored with. */
  placed(upstream: Row): Row;
  /** Gives the row another id than the one it is placed with now; rows below it follow. */
  derive(upstream: Row): void;
}

export function createDerivedIds(): DerivedIds {
  const ids = new Map<string, string>();
  const stored = (table: RowTable, contactId: string, id: string) => ids.get(keyOf(table, contactId, id)) ?? id;
  const placed = (row: Row): Row => {
    const { table, contactId, id, transactionId, connectionId } = row;
    if (ids.size === 0) return row;
    return {
      ...row,
      id: stored(table, contactId, id),
      transactionId: transactionId === null ? null : stored('transactions', contactId, transactionId),
      connectionId: connectionId === null ? null : stored('connections', contactId, connectionId),
    };
  };
  return {
    placed,
    derive(upstream) {
      const row = placed(upstream);
      const derived = hash('md5', `${row.id}${parentOf(row)}`, 'hex');
      ids.set(keyOf(row.table, row.contactId, upstream.id), derived);
    },
  };
}

function keyOf(table: RowTable, contactId: string, id: string): string {
  return JSON.stringify([table, contactId, id]);
}

function parentOf({ table, contactId, transactionId, connectionId }: Row): string | null {
  if (table === 'recordings') return connectionId;
  return table === 'connections' ? transactionId : contactId;
}
