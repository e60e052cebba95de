import type { Batch, CallOptions, ContactTree } from '@dbsync/core/contract';
import type { BatchRows, TablePlans } from '../columns/batch-rows.js';
import { digestOfIds } from '../columns/sync-proof.js';
import type { SqlContext } from '../engine/sql-context.js';
import { listed } from '../words/listed.js';
import type { KnownContact } from './known-contacts.js';
import { readRowsBelow } from './rows-below.js';

/**
 * The number of rows below a contact that its newest body lacks, by the contact's id. The rows stay, since the body may
 * come from a replica that lags (R19). They are counted only for contacts that were whole and have a new md5.
 */
export type VanishedRows = ReadonlyMap<string, number>;

/** The rows below the contacts of a batch before it is written. */
export interface StoredBelow {
  readonly vanished: VanishedRows;
  /** Contacts below which another program deleted or added rows: their proof names other rows. */
  readonly changedByOthers: ReadonlySet<string>;
}

/**
 * Reads the rows below those contacts of the batch whose proof does not name all of them, and adds to each proof the
 * rows that stay although the body lacks them. So a proof names all rows that are below the contact once the batch is
 * committed.
 */
export async function keepStoredBelow(
  context: SqlContext,
  plans: TablePlans,
  { contacts }: Batch,
  rows: BatchRows,
  known: ReadonlyMap<string, KnownContact>,
  options: CallOptions,
): Promise<StoredBelow> {
  const vanished = new Map<string, number>();
  const changedByOthers = new Set<string>();
  const asked = contacts.filter((tree) => mayHaveOthers(tree, rows, known.get(tree.contactId)));
  const ids = asked.map(({ contactId }) => contactId);
  const stored = await readRowsBelow(context, plans, ids, options);
  for (const { contactId, md5, formerIds } of asked) {
    const before = known.get(contactId)?.idsBelow ?? null;
    const below = stored.get(contactId) ?? [];
    if (before !== null && digestOfIds(below) !== before) changedByOthers.add(contactId);
    const former = new Set(formerIds);
    const kept = below.filter(({ table, id }) => !former.has(id) && rows.rowOf(table, id) === undefined);
    if (kept.length === 0) continue;
    rows.keepBelow(contactId, kept);
    if (before !== null && known.get(contactId)?.md5 !== md5) vanished.set(contactId, kept.length);
  }
  return { vanished, changedByOthers };
}

/**
 * Returns whether other rows may be below the contact. There are none if the contact has no row. There are also none if
 * the proof names exactly these ids, and the md5 changed, which explains why the contact was fetched.
 */
function mayHaveOthers({ contactId, md5 }: ContactTree, rows: BatchRows, known: KnownContact | undefined): boolean {
  if (known === undefined) return false;
  return known.md5 === null || known.md5 === md5 || known.idsBelow !== rows.idsBelow(contactId);
}

/** The number of contacts that a notice names. */
const MAX_NAMED = 3;

export function tellVanished({ notify }: SqlContext, vanished: VanishedRows): void {
  if (vanished.size === 0) return;
  const count = [...vanished.values()].reduce((sum, rows) => sum + rows, 0);
  const named = listed([...vanished.keys()], MAX_NAMED);
  const message = `${count} records of contacts ${named} are not in the API's newest answer any more: their rows stay`;
  notify({ level: 'info', code: 'SQL_CHILDREN_VANISHED', message });
}
