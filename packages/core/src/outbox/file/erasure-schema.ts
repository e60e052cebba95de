/** The tables that version 3 adds, for forgotten contacts, which dbsync does not copy again. */
export const ERASURE_SCHEMA = `
  CREATE TABLE forgotten (
    -- Salted, so that the id itself is not kept. All rows have one salt.
    contact_hash BLOB PRIMARY KEY,
    salt BLOB NOT NULL,
    forgotten_ms INTEGER NOT NULL,
    -- JSON: the number of removed records of each kind.
    erased TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
