import { AUDIT_SCHEMA } from './audit-schema.js';
import { CONTROL_SCHEMA } from './control-schema.js';
import { ERASURE_SCHEMA } from './erasure-schema.js';
import { HEARTBEAT_SCHEMA } from './heartbeat-schema.js';

/** Marks state files of dbsync among other SQLite databases: `dbob`. */
export const APPLICATION_ID = 0x64626f62;

/**
 * The tables of version 1; each outbox has one file. Columns of type ANY hold texts and ids in the form of
 * `stored-text`; times are milliseconds since 1970 by the machine's clock.
 */
const FIRST_SCHEMA = `
  -- One row: the target of the messages, and whether it has ever accepted one.
  CREATE TABLE targets (
    nr INTEGER PRIMARY KEY CHECK (nr = 1),
    target ANY,
    has_accepted INTEGER NOT NULL
  ) STRICT;

  -- Lease and progress of a stream. Every change counts its waiting messages.
  CREATE TABLE streams (
    nr INTEGER PRIMARY KEY,
    stream ANY NOT NULL UNIQUE,
    epoch INTEGER NOT NULL DEFAULT 0,
    holder TEXT,
    plan ANY,
    process TEXT,
    lease_ms INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER NOT NULL DEFAULT 0,
    beats INTEGER NOT NULL DEFAULT 0,
    progress TEXT,
    -- The earliest instant that any progress began at (R28); NULL beside a progress: everything.
    start TEXT,
    -- The events watermark at the time when the plan changed (R32).
    plan_changed_at TEXT,
    messages INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0,
    accepted INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- The plan and start under which a version of a contact was proved.
  CREATE TABLE proofs (
    nr INTEGER PRIMARY KEY,
    plan ANY NOT NULL,
    start TEXT
  ) STRICT;
  CREATE INDEX proofs_of ON proofs (plan, start);

  CREATE TABLE contacts (
    stream_nr INTEGER NOT NULL,
    contact ANY NOT NULL,
    md5 ANY,
    proof INTEGER NOT NULL,
    PRIMARY KEY (stream_nr, contact)
  ) STRICT, WITHOUT ROWID;

  -- The last queued state of each transaction (R25). It is read by its key alone and may have a million rows, of 50 bytes each.
  CREATE TABLE ledger (
    stream_nr INTEGER NOT NULL,
    transaction_id ANY NOT NULL,
    -- Hash of the version last queued.
    queued BLOB NOT NULL,
    -- Hash of the version last accepted, where that is not the one last queued.
    accepted BLOB,
    -- State of the version last queued: 0 passed over, 1 accepted, 2 dead; NULL: it waits.
    outcome INTEGER,
    -- The message that waits with it.
    message_nr INTEGER,
    PRIMARY KEY (stream_nr, transaction_id)
  ) STRICT, WITHOUT ROWID;

  -- Waiting messages in the order in which they were queued. Those of one contact are its queue; only its head is sent.
  CREATE TABLE messages (
    nr INTEGER PRIMARY KEY,
    stream_nr INTEGER NOT NULL,
    id BLOB NOT NULL,
    contact ANY NOT NULL,
    transaction_id ANY NOT NULL,
    hash BLOB NOT NULL,
    queued_ms INTEGER NOT NULL,
    is_head INTEGER NOT NULL,
    -- 'new' or 'updated' from the first attempt on, when nothing of the message changes any more (R24, R27).
    state TEXT,
    -- The epoch of the claim that has taken the message and not settled it.
    taken_by INTEGER,
    -- Attempts of a known outcome.
    attempts INTEGER NOT NULL,
    -- The next attempt is not before this instant; NULL: at once.
    retry_ms INTEGER,
    -- In the head only: since when the endpoint accepted nothing of the contact's queue.
    failing_since_ms INTEGER,
    failed_ms INTEGER,
    failure ANY,
    answer ANY
  ) STRICT;
  CREATE UNIQUE INDEX messages_id ON messages (id);
  CREATE INDEX messages_line ON messages (stream_nr, contact, nr);
  CREATE INDEX messages_ready ON messages (stream_nr, nr) WHERE is_head = 1 AND retry_ms IS NULL;
  CREATE INDEX messages_retry ON messages (stream_nr, retry_ms) WHERE is_head = 1 AND retry_ms IS NOT NULL;

  -- Apart from the messages, so that the row that changes with every attempt is small.
  CREATE TABLE bodies (
    message_nr INTEGER PRIMARY KEY,
    contact TEXT NOT NULL,
    transaction_body TEXT NOT NULL
  ) STRICT;

  CREATE TABLE dead_letters (
    stream_nr INTEGER NOT NULL,
    letter_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    contact ANY,
    md5 ANY,
    code TEXT NOT NULL,
    reason ANY NOT NULL,
    body ANY NOT NULL,
    first_seen_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    -- For messages only: the values to queue them again.
    transaction_id ANY,
    hash BLOB,
    PRIMARY KEY (stream_nr, letter_key)
  ) STRICT;
  CREATE INDEX dead_letters_contact ON dead_letters (stream_nr, contact);
  CREATE INDEX dead_letters_transaction ON dead_letters (stream_nr, transaction_id) WHERE transaction_id IS NOT NULL;

  CREATE TABLE requests (
    nr INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_nr INTEGER NOT NULL,
    request_key ANY NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (stream_nr, request_key)
  ) STRICT;

  -- The last deliveries, in slots that are used again.
  CREATE TABLE deliveries (
    slot INTEGER PRIMARY KEY,
    stream_nr INTEGER NOT NULL,
    id BLOB NOT NULL,
    contact ANY NOT NULL,
    transaction_id ANY NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    queued_ms INTEGER NOT NULL,
    accepted_ms INTEGER NOT NULL
  ) STRICT;
`;

/**
 * The steps that bring a file from each version to the next. A new file takes all steps, an older file the missing
 * ones.
 */
export const SCHEMA_STEPS: readonly string[] = [
  FIRST_SCHEMA,
  CONTROL_SCHEMA,
  ERASURE_SCHEMA,
  AUDIT_SCHEMA,
  HEARTBEAT_SCHEMA,
];

/** The version of the tables, stored in the file. A file of a newer version is refused. */
export const SCHEMA_VERSION = SCHEMA_STEPS.length;
