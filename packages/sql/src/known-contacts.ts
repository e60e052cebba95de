import type { CallOptions } from '@dbsync/core/contract';
import { sql } from 'kysely';
import { chunksOf } from './chunks.js';
import type { SqlContext } from './sql-context.js';
import { idsBelowOf, provedMd5 } from './sync-proof.js';
import type { TablePlan } from './table-plan.js';

/** What the row of a contact proves under a plan; both null where it proves nothing. */
export interface KnownContact {
  /** The md5 that the contact is whole with. */
  readonly md5: string | null;
  /** The digest of the ids below it. */
  readonly idsBelow: string | null;
}

/** Those of these contacts that have a row. */
export async function readKnownContacts(
  { engine, session }: SqlContext,
  contacts: TablePlan,
  planHash: string,
  contactIds: readonly string[],
  { signal }: CallOptions,
): Promise<ReadonlyMap<string, KnownContact>> {
  const known = new Map<string, KnownContact>();
  const [id, md5, proof] = [
    columnOf(contacts, 0),
    fieldColumn(contacts, '$md5'),
    columnOf(contacts, contacts.proof?.index),
  ];
  const key = contacts.places.find(({ from }) => from === 'id');
  const possible = contactIds.filter((contactId) => key?.codec.exact(contactId) === contactId);
  for (const chunk of chunksOf(possible, engine)) {
    const query = sql<{ id: string; md5: string | null; proof: string | null }>`
      select ${id} as id, ${md5} as md5, ${proof} as proof from ${sql.id(contacts.name)} where ${id} in (${sql.join(chunk)})`;
    const { rows } = await query.execute(session.db, { signal });
    for (const row of rows) {
      const proved = provedMd5(row.proof, planHash, row.md5);
      known.set(row.id, { md5: proved, idsBelow: proved === null ? null : idsBelowOf(row.proof) });
    }
  }
  return known;
}

function columnOf(table: TablePlan, index: number | undefined) {
  const column = index === undefined ? undefined : table.columns[index];
  return column === undefined ? sql`null` : sql.id(column.name);
}

function fieldColumn(table: TablePlan, field: string) {
  return columnOf(table, table.fields.get(field)?.index);
}
