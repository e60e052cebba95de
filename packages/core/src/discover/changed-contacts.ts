import type { ContactVersion } from '../contract/index.js';
import type { ListedContact } from './listed-contacts.js';

export interface ComparisonRules {
  /** False: an equal md5 says nothing, fetch all the same (R8). */
  readonly md5Proves: boolean;
  /** Give contacts that were refused with this md5 another chance (R6: once a day). */
  readonly retryRefused: boolean;
}

/** Whether a listed contact must be fetched, given what the store knows of it (`undefined`: nothing that is proved). */
export function mustFetch(listed: ListedContact, known: ContactVersion | undefined, rules: ComparisonRules): boolean {
  if (known === undefined || listed.md5 === null || known.md5 !== listed.md5) return true;
  return known.refused ? rules.retryRefused : !rules.md5Proves;
}
