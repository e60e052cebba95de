/** The table that version 5 adds: the last heartbeat of each stream, for `dbsync status`. */
export const HEARTBEAT_SCHEMA = `
  CREATE TABLE heartbeats (
    stream_nr INTEGER PRIMARY KEY,
    -- The holder that wrote it.
    holder TEXT NOT NULL,
    kept_ms INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
`;
