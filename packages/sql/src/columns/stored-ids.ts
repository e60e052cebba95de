import { hash } from 'node:crypto';
import type { Row, RowTable } from '@dbsync/core/contract';

/** Upstream rows whose id another contact's row has in the database, and how often they have given way (R18). */
export interface TakenIds {
  add(upstream: Row): void;
  count(upstream: Row): number;
}

export function createTakenIds(): TakenIds {
  const counts = new Map<string, number>();
  const count = (upstream: Row) => (counts.size === 0 ? 0 : (counts.get(keyOf(upstream)) ?? 0));
  return { count, add: (upstream) => counts.set(keyOf(upstream), count(upstream) + 1) };
}

/** The ids that the rows of a batch are stored with. */
export interface StoredIds {
  /** Returns the row under its own stored id and those of the rows above it. */
  placed(upstream: Row): Row;
  /** Gives the row another id than the one it is placed with now; rows below it follow. */
  derive(upstream: Row): void;
}

export function createStoredIds(): StoredIds {
  const ids = new Map<string, string>();
  const stored = (table: RowTable, contactId: string, id: string) => ids.get(keyOf({ table, contactId, id })) ?? id;
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
      ids.set(keyOf(upstream), hash('md5', `${row.id}${parentOf(row)}`, 'hex'));
    },
  };
}

function keyOf({ table, contactId, id }: Pick<Row, 'table' | 'contactId' | 'id'>): string {
  return JSON.stringify([table, contactId, id]);
}

function parentOf({ table, contactId, transactionId, connectionId }: Row): string | null {
  if (table === 'recordings') return connectionId;
  return table === 'connections' ? transactionId : contactId;
}
