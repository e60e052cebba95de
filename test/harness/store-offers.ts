import type { StoreTarget } from '@dbsync/testkit';

/** The optional parts that the sinks of databases and the store in memory offer. The suite chooses its cases by them. */
export const STORE_OFFERS = {
  erases: true,
  mirrors: true,
  verifies: true,
  reports: true,
  explains: true,
  views: true,
  summarises: true,
  indexes: true,
} as const satisfies Partial<StoreTarget>;
