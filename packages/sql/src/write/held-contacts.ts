import type { CallOptions, Claim, ContactAtVersion, Stream } from '@dbsync/core/contract';
import { type RawBuilder, sql } from 'kysely';
import type { TablePlan } from '../columns/table-plan.js';
import { chunksOf } from '../engine/chunks.js';
import type { SqlContext } from '../engine/sql-context.js';
import { readKnownContacts } from './known-contacts.js';

/**
 * The columns that show the campaign and the version of a contact. The version is the proof, since each write that
 * changes the contact sets a new proof.
 */
export interface HeldColumns {
  readonly id: RawBuilder<unknown>;
  readonly owner: RawBuilder<unknown>;
  readonly proof: RawBuilder<unknown>;
}

/** Returns the columns; null if the rows of the table do not name their campaign, or have no proof. */
export function heldColumns({ columns, ownerIndex, proof }: TablePlan): HeldColumns | null {
  const [idColumn, ownerColumn, proofColumn] = [0, ownerIndex ?? -1, proof?.index ?? -1].map((index) => columns[index]);
  if (!idColumn || !ownerColumn || !proofColumn) return null;
  return { id: sql.id(idColumn.name), owner: sql.id(ownerColumn.name), proof: sql.id(proofColumn.name) };
}

/** Returns those contacts that still have this version and belong to the stream. */
export async function unchangedAmong<Contact extends ContactAtVersion>(
  context: SqlContext,
  plan: TablePlan,
  { stream }: Claim,
  contacts: readonly Contact[],
  options: CallOptions,
): Promise<readonly Contact[]> {
  const ids = contacts.map(({ contactId }) => contactId);
  const known = await readKnownContacts(context, plan, '', ids, options);
  return contacts.filter(({ contactId, version }) => {
    const row = known.get(contactId);
    return row?.proof === version && row.campaign === stream;
  });
}

/** Cuts contacts into pieces for statements with the condition {@link isUnchanged}, which has two lists of parameters. */
export function heldChunks<Contact extends ContactAtVersion>(
  contacts: readonly Contact[],
  { engine }: SqlContext,
): readonly (readonly Contact[])[] {
  return chunksOf(contacts, engine).flatMap((chunk) => {
    const half = Math.ceil(chunk.length / 2);
    return [chunk.slice(0, half), chunk.slice(half)].filter(({ length }) => length > 0);
  });
}

/** Returns the condition that a row belongs to one of these contacts, and has one of these versions. */
export function isUnchanged(
  { id, owner, proof }: HeldColumns,
  stream: Stream,
  contacts: readonly ContactAtVersion[],
): RawBuilder<unknown> {
  return sql`${owner} = ${stream}
        and ${id} in (${sql.join(contacts.map(({ contactId }) => contactId))})
        and ${proof} in (${sql.join(contacts.map(({ version }) => version))})`;
}
