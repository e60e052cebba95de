/**
 * The table of acts and of the operators who requested them. Rows are added and never removed; when a contact is
 * forgotten, its id is removed from them.
 */
export const AUDIT_SCHEMA = `
  CREATE TABLE sync_audit (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_nr INTEGER NOT NULL,
    acted_ms INTEGER NOT NULL,
    os_user ANY NOT NULL,
    host ANY NOT NULL,
    act TEXT NOT NULL,
    -- JSON: the records that the act names.
    subject TEXT NOT NULL
  ) STRICT;
`;
