import { type Need, type StoreCase, storeCases } from '@dbsync/testkit';

/**
 * The cases that are run once more where a sink of a server is run in a second way. In the first way all cases run on each
 * server. A case takes a second there, so the second way leaves out those in which it cannot make a difference.
 */
function casesOf(isRepeated: (need: Need | undefined) => boolean): readonly StoreCase[] {
  return storeCases.filter(({ needs }) => isRepeated(needs));
}

const BEHIND_GUARD: ReadonlySet<Need | undefined> = new Set([undefined, 'rows', 'snapshot', 'network']);

/**
 * The cases for a sink behind the guard of core. The guard orders the calls of the contract, ends them after an abort, and
 * makes each error a SinkError, so a server and its network can matter to it in the calls that every sink has. It passes
 * each call of an optional part on, whatever the engine is: all those cases run behind it on the memory store. A child
 * process makes its sink without it.
 */
export const GUARDED_CASES = casesOf((need) => BEHIND_GUARD.has(need));

const ONLY_READ: ReadonlySet<Need | undefined> = new Set([
  'looking',
  'verifying',
  'reporting',
  'explaining',
  'planning',
  'viewing',
  'summarising',
]);

/**
 * The cases for a sink that sends its rows in another way. Commands that only read get the same rows by either way, as the
 * other cases show cell by cell.
 */
export const OTHER_WAY_CASES = casesOf((need) => !ONLY_READ.has(need));
