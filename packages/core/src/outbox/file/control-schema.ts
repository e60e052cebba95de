/**
 * The tables and columns that version 2 adds to version 1. The table `deliveries` stays, empty: a daemon of the former
 * version may still have the file open and write to it.
 */
export const CONTROL_SCHEMA = `
  -- 1: it was accepted before, and an operator sent it again.
  ALTER TABLE messages ADD COLUMN is_replay INTEGER NOT NULL DEFAULT 0;
  -- Attempts that were begun, counted or not.
  ALTER TABLE messages ADD COLUMN all_attempts INTEGER NOT NULL DEFAULT 0;

  -- Attempts that have ended, in the order of their commits.
  CREATE TABLE attempts (
    nr INTEGER PRIMARY KEY,
    stream_nr INTEGER NOT NULL,
    message_id BLOB NOT NULL,
    contact ANY NOT NULL,
    transaction_id ANY NOT NULL,
    -- 0 accepted, 1 failed, 2 postponed, 3 dead
    outcome INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    took_ms INTEGER,
    status INTEGER,
    reason ANY,
    answer ANY,
    -- The columns from here on are NULL unless it was accepted. Attempts of the message, this one included.
    attempts INTEGER,
    state TEXT,
    queued_ms INTEGER,
    hash BLOB,
    -- Its row in bodies, while that is kept.
    body_nr INTEGER
  ) STRICT;
  CREATE INDEX attempts_failed ON attempts (message_id, nr) WHERE outcome <> 0;

  -- One row: whether deliveries are paused, and how the target was last seen.
  CREATE TABLE control (
    nr INTEGER PRIMARY KEY CHECK (nr = 1),
    paused_ms INTEGER,
    paused_by ANY,
    target_state TEXT,
    target_since_ms INTEGER,
    next_try_ms INTEGER,
    -- Attempts before this one no longer have bodies.
    bodies_from INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO control (nr) VALUES (1);

  -- Acts of operators and their results. An act without done_ms is open.
  CREATE TABLE acts (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_nr INTEGER NOT NULL,
    -- JSON of the act.
    act TEXT NOT NULL,
    asked_ms INTEGER NOT NULL,
    asked_by ANY NOT NULL,
    -- The position at which a long act continues.
    place INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    -- Messages that the act left as they are, and messages whose body is no longer kept.
    passed_over INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    done_ms INTEGER
  ) STRICT;
  CREATE INDEX acts_open ON acts (stream_nr, nr) WHERE done_ms IS NULL;

  INSERT INTO attempts (stream_nr, message_id, contact, transaction_id, outcome, ended_ms, attempts, state, queued_ms)
  SELECT stream_nr, id, contact, transaction_id, 0, accepted_ms, attempts, state, queued_ms FROM deliveries
  ORDER BY accepted_ms, slot;
  DELETE FROM deliveries;
`;
