import type { CallOptions } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import { idsBelowOf, provedMd5 } from '../columns/sync-proof.js';
import type { TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { columnId, tableId } from '../engine/table-id.js';

/**
 * The proof of a contact's row under a plan, and its campaign. `md5` and `idsBelow` are null if the proof is not valid.
 */
export interface KnownContact {
  /** The md5 under which the contact is whole. */
  readonly md5: string | null;
  /** The md5 in its row, proved or not. */
  readonly rowMd5: string | null;
  /** The digest of the ids of all rows below the contact. */
  readonly idsBelow: string | null;
  /** The `$campaign_id` of the contact. */
  readonly campaign: string | null;
  /** The `$sync` of the contact, under any plan; null in rows of another program. */
  readonly proof: string | null;
}

/** A longer md5 is no valid proof. Many contacts with such long texts could fill the memory of the machine. */
const MOST_MD5 = 1_000;

/** Returns a text that differs after each write that changed the contact; null: the contact has no row. */
export function versionOf(contact: Pick<KnownContact, 'rowMd5' | 'proof'> | undefined): string | null {
  return contact === undefined ? null : `${contact.rowMd5} ${contact.proof}`;
}

/** Reads the proofs of these contacts, for those that have a row. */
export async function readKnownContacts(
  context: SqlContext,
  contacts: TablePlan,
  planHash: string,
  contactIds: readonly string[],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, KnownContact>> {
  const known = new Map<string, KnownContact>();
  const key = contacts.idColumns.find(({ from }) => from === 'id');
  const possible = contactIds.filter((contactId) => key?.codec.exact(contactId) === contactId);
  for (const chunk of chunksOf(possible, context.engine)) {
    const isOfChunk = sql`${columnId(contacts, 0)} in (${sql.join(chunk)})`;
    for (const [id, contact] of await readKnownWhere(context, contacts, planHash, isOfChunk, { signal }))
      known.set(id, contact);
  }
  return known;
}

/** Reads the contacts whose rows meet a condition, by their ids. */
export async function readKnownWhere(
  context: SqlContext,
  contacts: TablePlan,
  planHash: string,
  condition: RawBuilder<unknown>,
  { signal }: CallOptions,
): Promise<readonly (readonly [string, KnownContact])[]> {
  const [md5, campaign, proof] = [
    md5Column(contacts),
    columnOf(contacts, contacts.ownerIndex ?? undefined),
    columnOf(contacts, contacts.proof?.index),
  ];
  const query = sql<KnownRow>`
    select ${columnId(contacts, 0)} as id, ${md5} as md5, ${campaign} as campaign, ${proof} as proof
    from ${tableId(context, contacts.name)} where ${condition}`;
  const { rows } = await query.execute(context.session.db, { signal });
  return rows.map((row) => {
    const proved = provedMd5(row.proof, planHash, row.md5);
    const idsBelow = proved === null ? null : idsBelowOf(row.proof);
    return [row.id, { md5: proved, rowMd5: row.md5, idsBelow, campaign: row.campaign, proof: row.proof }];
  });
}

interface KnownRow {
  readonly id: string;
  readonly md5: string | null;
  readonly campaign: string | null;
  readonly proof: string | null;
}

function columnOf(table: TablePlan, index: number | undefined) {
  const column = index === undefined ? undefined : table.columns[index];
  return column === undefined ? sql`null` : sql.id(column.name);
}

/** Returns the column of the md5. A column of text is cut, since it may hold a text of any length. */
function md5Column(contacts: TablePlan) {
  const index = contacts.fields.get('$md5')?.index;
  const column = columnOf(contacts, index);
  const isText = index !== undefined && contacts.columns[index]?.storage.holds === 'text';
  return isText ? sql`substring(${column}, 1, ${sql.lit(MOST_MD5)})` : column;
}
