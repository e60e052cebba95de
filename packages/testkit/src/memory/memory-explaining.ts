import {
  contactOfCall,
  type Explaining,
  type RowTable,
  type StoredContact,
  type StoredRecord,
} from '@dbsync/core/contract';
import type { StoredRow } from '../store-subject.js';
import { type MemoryTarget, rowsOfMessages } from './memory-target.js';

const TABLES: readonly RowTable[] = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'];

/** Reads what is stored of one contact in memory. */
export function createMemoryExplaining(target: MemoryTarget): Explaining {
  return {
    findRecords: async (id) =>
      TABLES.flatMap((table): StoredRecord[] => {
        const row = rowsOfMessages(target, table).find((candidate) => candidate.id === id);
        return row === undefined ? [] : [{ kind: table, contactId: contactOf(table, row) }];
      }),
    describeContact: async (stream, contactId): Promise<StoredContact | null> => {
      const contact = target.contacts.get(contactId);
      if (contact === undefined) return null;
      const counts = TABLES.map((table) => {
        const rows = rowsOfMessages(target, table).filter((row) => contactOf(table, row) === contactId);
        return [table, rows.length] as const;
      });
      return {
        md5: contact.tree.md5,
        stream: contact.stream,
        changedAt: null,
        records: Object.fromEntries(counts) as StoredContact['records'],
        note: target.streams.get(stream)?.notes.get(contactId) ?? null,
        deletedAt: contact.deletedAt,
      };
    },
  };
}

function contactOf(table: RowTable, { contactId, values }: StoredRow): string | null {
  return table === 'inbound_calls' ? contactOfCall(values) : contactId;
}
