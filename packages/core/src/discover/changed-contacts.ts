import type { ContactVersion } from '../contract/index.js';
import type { ListedContact } from './listed-contacts.js';

export interface ComparisonRules {
  /** False: an equal md5 proves nothing, so the contact is fetched anyway (R8). */
  readonly md5Proves: boolean;
  /** Fetches contacts that were refused with this md5 once more (R6: once a day). */
  readonly retryRefused: boolean;
}

/**
 * Returns whether a listed contact must be fetched.
 *
 * @param known the version that the store has proved; undefined: it has proved none
 */
export function mustFetch(listed: ListedContact, known: ContactVersion | undefined, rules: ComparisonRules): boolean {
  if (known === undefined || listed.md5 === null || known.md5 !== listed.md5) return true;
  return known.refused ? rules.retryRefused : !rules.md5Proves;
}
