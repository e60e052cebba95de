import { hash } from 'node:crypto';
import {
  type CellDifference,
  canonicalJson,
  type Difference,
  type Fields,
  fieldOf,
  type Orphan,
  type Row,
  type RowDifference,
  type RowTable,
  rowsOfContact,
  type Verifying,
} from '@dbsync/core/contract';
import type { StoredRow } from '../store-subject.js';
import { isWhole, rowOfCall, withOwnIds, withoutNested } from './memory-commit.js';
import { type MemoryContact, type MemoryTarget, rowsOfMessages, streamOf } from './memory-target.js';

/** Creates the comparison in memory. */
export function createMemoryVerifying(target: MemoryTarget): Verifying {
  return {
    compare: async (_stream, contacts, { plans }) => {
      const holding = new Set(plans);
      return contacts.flatMap(({ id: contactId, md5 }): Difference[] => {
        if (target.forgotten.has(contactId)) return [];
        const stored = target.contacts.get(contactId);
        const kind = kindOf(target, stored, md5, holding);
        return kind === null ? [] : [{ contactId, kind, version: stored === undefined ? null : versionOf(stored) }];
      });
    },
    compareRows: async (_stream, { contacts, inboundCalls }) => {
      const stored = new Map(ROW_TABLES.map((table) => [table, rowsById(target, table)]));
      const whole = contacts.filter(({ contactId }) => !target.forgotten.has(contactId));
      const rows = whole.flatMap((tree) => [...withOwnIds(target, rowsOfContact(tree))]);
      return [...rows, ...inboundCalls.map(rowOfCall)].flatMap((row): RowDifference[] => {
        const found = stored.get(row.table)?.get(row.id);
        const cells = found === undefined ? [] : differingFields(row, found.values);
        if (found !== undefined && cells.length === 0) return [];
        const contactId = row.table === 'inbound_calls' ? null : row.contactId;
        const contact = contactId === null ? undefined : target.contacts.get(contactId);
        const version = contact === undefined ? null : versionOf(contact);
        return [{ kind: row.table, id: row.id, contactId, version, cells }];
      });
    },
    listStored: async (stream, { after = '', limit, contactIds }) =>
      [...target.contacts]
        .filter(([id, contact]) => contact.stream === stream && id > after && (contactIds?.includes(id) ?? true))
        .map(([id]) => id)
        .sort((a, b) => (a < b ? -1 : 1))
        .slice(0, limit),
    countStored: async (stream) => [...target.contacts.values()].filter((contact) => contact.stream === stream).length,
    listOrphans: async ({ limit, contactIds }) => {
      const isAsked = ({ contactId }: Orphan) => contactIds?.includes(contactId ?? '') ?? true;
      return LINKS.flatMap((link) => orphansOf(target, link).filter(isAsked).slice(0, limit));
    },
    listRequests: async (stream) => [...streamOf(target, stream).requests.keys()],
  };
}

const ROW_TABLES = ['contacts', 'transactions', 'connections', 'recordings', 'inbound_calls'] as const;

function rowsById(target: MemoryTarget, table: RowTable): ReadonlyMap<string, StoredRow> {
  return new Map(rowsOfMessages(target, table).map((row) => [row.id, row]));
}

function differingFields(row: Row, stored: Fields): readonly CellDifference[] {
  const wanted = withoutNested(row);
  return [...new Set([...Object.keys(wanted), ...Object.keys(stored)])].flatMap((field): CellDifference[] => {
    const [expected, found] = [wanted, stored].map((values) => {
      const value = fieldOf(values, field) ?? null;
      return value === null || typeof value === 'string' ? value : canonicalJson(value);
    });
    return expected === found ? [] : [{ name: field, field, expected: expected ?? null, stored: found ?? null }];
  });
}

/** Returns all records whose parent is not there. */
export function memoryOrphans(target: MemoryTarget): readonly Orphan[] {
  return LINKS.flatMap((link) => orphansOf(target, link));
}

interface Link {
  readonly table: Orphan['table'];
  readonly parent: RowTable;
  readonly by: 'contactId' | 'transactionId' | 'connectionId';
}

const LINKS: readonly Link[] = [
  { table: 'transactions', parent: 'contacts', by: 'contactId' },
  { table: 'connections', parent: 'transactions', by: 'transactionId' },
  { table: 'recordings', parent: 'connections', by: 'connectionId' },
];

/** Returns the records of one kind whose parent is not there. */
function orphansOf(target: MemoryTarget, { table, parent, by }: Link): readonly Orphan[] {
  const parents = rowsById(target, parent);
  return rowsOfMessages(target, table)
    .filter((row) => !parents.has(row[by] ?? ''))
    .map(({ id, contactId }) => ({ table, id, contactId }));
}

function kindOf(
  target: MemoryTarget,
  stored: MemoryContact | undefined,
  md5: string | null,
  plans: ReadonlySet<string>,
): Difference['kind'] | null {
  if (stored === undefined) return 'missing';
  if (stored.tree.md5 === null) return 'unproved';
  if (md5 !== null && md5 !== stored.tree.md5) return 'stale';
  if (plans.size > 0 && !plans.has(stored.plan)) return 'unproved';
  return isWhole(target, stored.records) ? null : 'broken';
}

function versionOf({ plan, tree, records }: MemoryContact): string {
  return hash('sha256', JSON.stringify([plan, tree.md5, records]));
}
