/** Which transactions are wanted. The contact's row is written whatever it says. */
export interface TransactionFilter {
  readonly mode: 'all' | 'updates_only' | 'hi_updates_only';
  /** Of `task`; empty: any. */
  readonly prefixes: readonly string[];
}
