/** The tables of dbsync itself, as kysely reads and writes them. `sqlNames` gives their names the table prefix. */
export interface SyncTables {
  sync_state: SyncStateTable;
  sync_columns: SyncColumnsTable;
  sync_requests: SyncRequestsTable;
  dead_letters: DeadLettersTable;
  sync_forgotten: SyncForgottenTable;
  sync_audit: SyncAuditTable;
  sync_missing: SyncMissingTable;
  sync_heartbeats: SyncHeartbeatsTable;
}

/** A number that a driver may hand out as text or as a bigint. */
type Whole = number | string | bigint;

/** One row for each stream. */
export interface SyncStateTable {
  stream: string;
  /** A number that grows with every claim. */
  epoch: Whole;
  /** The claim's holder; null: no process holds the stream. */
  holder: string | null;
  plan: string | null;
  /** JSON of the holder's `ProcessIdentity`. */
  process: string | null;
  /** End of the lease by the database's clock, in milliseconds since 1970. */
  lease_until: Whole;
  /** A number that grows with every write and renewal: the fence changes a row each time, and standbys see it move. */
  writes: Whole;
  /** JSON of `Progress` and of the rows that it relies on; null: none yet. */
  progress: string | null;
}

/**
 * Says for good which field is in which column. One more row, with an empty table name, counts the map's versions; its
 * `field` is the generation of proofs, and its `column_name` the phase of a first load (R20).
 */
export interface SyncColumnsTable {
  /** The table's name without prefix. */
  table_name: string;
  /** The digest of the field's name: names can be longer than a key. */
  field_key: string;
  /** The field's name as JSON text. */
  field: string;
  column_name: string;
  /** The column's name as the strictest engine compares it; unique within a table. */
  folded: string;
  /** 0 until the values that rows kept in overflow have been moved into the column. */
  filled: Whole;
  version: Whole;
}

/** The mailbox: the only table that other processes write without a claim. */
export interface SyncRequestsTable {
  stream: string;
  request_key: string;
  posted_at: Whole;
  /** JSON of the `StoreRequest`. */
  body: string;
}

/** The acts of operators. Rows are added, and never changed. */
export interface SyncAuditTable {
  /** A random UUID. */
  act_id: string;
  stream: string;
  /** The time of the act, by the database's clock. */
  acted_at: unknown;
  /** The account that the command logged in with. */
  database_user: string;
  os_user: string;
  host: string;
  /** The act, such as `replay`, `drop`, `forget`. */
  act: string;
  /** JSON of the act's subject. */
  subject: string;
}

export interface DeadLettersTable {
  stream: string;
  letter_key: string;
  kind: string;
  /** The digest of the contact's id, since ids can be longer than a key; empty where there is no contact. */
  contact_key: string;
  contact_id: string | null;
  md5: string | null;
  code: string;
  reason: string;
  body: string;
  first_seen_at: string;
  attempts: Whole;
  /** Canonical JSON of those columns above that cannot hold their text exactly. */
  $overflow: string | null;
}

/** The contacts that are kept out. */
export interface SyncForgottenTable {
  /** Hash of the contact's id and the salt: the id itself is not kept. */
  contact_hash: string;
  /** The salt of the hash, mostly the same in all rows. */
  salt: string;
  /** The time by the database's clock, in milliseconds since 1970. */
  forgotten_at: Whole;
  /** JSON of the number of rows that were removed from each table; null: they have not been removed yet. */
  erased: string | null;
}

/** Core's notes about contacts that the campaign seems to have lost. */
export interface SyncMissingTable {
  stream: string;
  contact_id: string;
  note: string;
}

/** The last heartbeat of each stream, for `dbsync status`. */
export interface SyncHeartbeatsTable {
  stream: string;
  /** The claim's holder that wrote it. */
  holder: string;
  /** The time by the database's clock, in milliseconds since 1970. */
  kept_at: Whole;
  /** Core's text. */
  body: string;
}
