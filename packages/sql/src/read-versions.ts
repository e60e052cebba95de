import type { CallOptions, Claim, ContactVersion } from '@dbsync/core/contract';
import { readRefusals } from './dead-letters.js';
import { readKnownContacts } from './known-contacts.js';
import type { SchemaState } from './schema-state.js';
import type { SqlContext } from './sql-context.js';
import { planHash } from './sync-proof.js';

/** A refusal is newer than the row beside it: accepting the contact would have ended it. */
export async function readContactVersions(
  context: SqlContext,
  { plans }: SchemaState,
  claim: Claim,
  contactIds: readonly string[],
  options: CallOptions,
): Promise<ReadonlyMap<string, ContactVersion>> {
  const versions = new Map<string, ContactVersion>();
  if (plans !== null) {
    const known = await readKnownContacts(context, plans.contacts, planHash(claim.plan), contactIds, options);
    for (const [id, { md5 }] of known) if (md5 !== null) versions.set(id, { md5, refused: false });
  }
  for (const [id, md5] of await readRefusals(context, claim.stream, contactIds, options)) {
    versions.set(id, { md5, refused: true });
  }
  return versions;
}
