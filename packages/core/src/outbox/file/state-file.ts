import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isSinkError, SinkError } from '../../contract/index.js';
import { makeFolder } from './make-folder.js';
import { fatal, toOutboxError } from './outbox-errors.js';
import { APPLICATION_ID, SCHEMA_STEPS, SCHEMA_VERSION } from './outbox-schema.js';

/** How long a statement waits, and the whole process with it, while another process writes to the file. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Committed is what survives a power cut: WAL with `synchronous=full`. Room that a drained backlog leaves in the file can
 * be given back (`auto_vacuum`, which must come first). The log is worked into the file each 8 MB, a third of the ballast:
 * with less, random pages are written over and over. What is deleted is overwritten: it is personal.
 */
const SETTINGS = `
  PRAGMA auto_vacuum = incremental;
  PRAGMA journal_mode = wal;
  PRAGMA synchronous = full;
  PRAGMA cache_size = -16384;
  PRAGMA temp_store = memory;
  PRAGMA wal_autocheckpoint = 2000;
  PRAGMA journal_size_limit = 16777216;
  PRAGMA secure_delete = on;
`;

/** Opens the outbox's file with its tables; only its owner may read it. Throws a `SinkError` that is classified. */
export function openStateFile(file: string, ifMissing: 'create' | 'refuse'): DatabaseSync {
  try {
    makeFile(file, ifMissing);
    const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      db.exec(SETTINGS);
      makeTables(db, file, ifMissing);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (isFileError(error)) throw fatal('OUTBOX_CANNOT_OPEN', `State file ${file}: ${error.message}`, error);
    const { code, message, verdict } = toOutboxError(error, file);
    throw new SinkError(code, message, { verdict, outcome: 'not-committed', cause: error });
  }
}

/** Before SQLite does, which would let the group and others read it; the files beside it get the mode of this one. */
function makeFile(file: string, ifMissing: 'create' | 'refuse'): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found) {
    for (const path of [file, `${file}-wal`, `${file}-shm`]) keepToOwner(path);
    return;
  }
  if (ifMissing === 'refuse') throw missing(`There is no state file ${file}`);
  makeFolder(dirname(file), 0o700);
  closeSync(openSync(file, 'a', 0o600));
}

function keepToOwner(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) !== 0) chmodSync(path, 0o600);
}

function missing(what: string): SinkError {
  return fatal(
    'OUTBOX_STATE_MISSING',
    `${what}, so nobody knows what has been delivered. ` +
      'Bring it back; or begin anew from now on with --new-state, or from an earlier time with --since.',
  );
}

/**
 * Makes the tables, or adds what an older version of dbsync left out. Two processes may come at once: the second one finds
 * the tables of the first.
 */
function makeTables(db: DatabaseSync, file: string, ifMissing: 'create' | 'refuse'): void {
  const found = versionOf(db, file);
  if (found === SCHEMA_VERSION) return;
  if (found === 0 && ifMissing === 'refuse') throw missing(`The state file ${file} is empty`);
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const step of SCHEMA_STEPS.slice(versionOf(db, file))) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** 0 where the file is empty still. */
function versionOf(db: DatabaseSync, file: string): number {
  const version = readNumber(db, 'SELECT user_version FROM pragma_user_version');
  const application = readNumber(db, 'SELECT application_id FROM pragma_application_id');
  const tables = readNumber(db, 'SELECT count(*) FROM sqlite_schema');
  if (version === 0 && application === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID || version < 1) {
    throw fatal('OUTBOX_DAMAGED', `${file} is no state file of dbsync.`);
  }
  if (version > SCHEMA_VERSION) {
    throw fatal('OUTBOX_VERSION_NEWER', `${file} has version ${version}; this dbsync knows up to ${SCHEMA_VERSION}.`);
  }
  return version;
}

function readNumber(db: DatabaseSync, text: string): number {
  return Number(Object.values(db.prepare(text).get() ?? {})[0]);
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && !isSinkError(error) && 'syscall' in error;
}
