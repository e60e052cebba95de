/** Who asked for what. Rows are added, and stay; the id of a contact is taken out of them when it is forgotten. */
export const AUDIT_SCHEMA = `
  CREATE TABLE sync_audit (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_nr INTEGER NOT NULL,
    acted_ms INTEGER NOT NULL,
    os_user ANY NOT NULL,
    host ANY NOT NULL,
    act TEXT NOT NULL,
    -- JSON of what it is about.
    subject TEXT NOT NULL
  ) STRICT;
`;
