import type { Claim } from '@dbsync/core/contract';
import { ownerMark } from '../columns/sync-proof.js';
import type { LoadedContacts } from '../engine/first-loads.js';
import type { SqlContext } from '../engine/sql-context.js';
import type { SchemaState } from '../schema/schema-state.js';

/**
 * Returns the contacts that this claim has written in a first load without keys (R20); null if no such load is under
 * way, or if another claim began it. All rows of the tables belong to these contacts. So for any other contact dbsync
 * does not search the tables, which have no index. The guard of the version makes a write fail once the load has ended.
 */
export function loadedContacts(
  { firstLoads, session }: SqlContext,
  { phase }: Pick<SchemaState, 'phase'>,
  claim: Claim,
): LoadedContacts | null {
  if (phase?.step !== 'loading' || phase.mark !== ownerMark(claim.stream)) return null;
  return session.schema.loading?.defersKeys ? firstLoads.of(claim) : null;
}

/**
 * Returns the contacts that may have rows. In a first load without keys, only contacts that this claim has written may
 * have rows.
 */
export function possiblyStored(loaded: LoadedContacts | null, contactIds: readonly string[]): readonly string[] {
  return loaded === null ? contactIds : contactIds.filter((id) => loaded.has(id));
}
