import type { CallOptions, Claim, ContactVersion } from '@dbsync/core/contract';
import type { TablePlans } from './columns/batch-rows.js';
import { digestOfIds, planHash } from './columns/sync-proof.js';
import type { SqlContext } from './engine/sql-context.js';
import type { SchemaState } from './schema/schema-state.js';
import { readRefusals } from './stream/dead-letters.js';
import { type KnownContact, readKnownContacts } from './write/known-contacts.js';
import { loadedContacts, possiblyStored } from './write/loaded-contacts.js';
import { readRowsBelow } from './write/rows-below.js';

/**
 * Reads the versions of contacts. A refusal is newer than the row beside it: accepting the contact would have removed
 * it.
 */
export async function readContactVersions(
  context: SqlContext,
  state: SchemaState,
  claim: Claim,
  contactIds: readonly string[],
  { compareRows = false, ...options }: CallOptions & { readonly compareRows?: boolean },
): Promise<ReadonlyMap<string, ContactVersion>> {
  const { plans, generation, forgotten } = state;
  const versions = new Map<string, ContactVersion>();
  if (plans !== null) {
    const plan = planHash(claim.plan, generation);
    const loaded = loadedContacts(context, state, claim);
    for (const id of contactIds) {
      // The rows below contacts that an earlier claim loaded are compared by the first complete listing after the load.
      const md5 = loaded?.md5Of(id) ?? null;
      if (md5 !== null) versions.set(id, { md5, refused: false });
    }
    const stored = possiblyStored(loaded, contactIds).filter((id) => !versions.has(id));
    const known = await readKnownContacts(context, plans.contacts, plan, stored, options);
    const isSame = compareRows ? await rowsComparison(context, plans, known, options) : () => true;
    for (const [id, { md5, idsBelow }] of known) {
      if (md5 !== null && isSame(id, idsBelow)) versions.set(id, { md5, refused: false });
    }
  }
  for (const [id, md5] of await readRefusals(context, claim.stream, contactIds, options)) {
    versions.set(id, { md5, refused: true });
  }
  if (forgotten.count === 0) return versions;
  for (const id of contactIds) if (forgotten.has(id)) versions.set(id, { md5: '', refused: false, forgotten: true });
  return versions;
}

/** Tells which contacts have exactly the rows below them that their proof names (R16b). */
async function rowsComparison(
  context: SqlContext,
  plans: TablePlans,
  known: ReadonlyMap<string, KnownContact>,
  options: CallOptions,
): Promise<(contactId: string, idsBelow: string | null) => boolean> {
  const proved = [...known].filter(([, { md5 }]) => md5 !== null).map(([id]) => id);
  const stored = await readRowsBelow(context, plans, proved, options);
  return (contactId, idsBelow) => digestOfIds(stored.get(contactId) ?? []) === idsBelow;
}
