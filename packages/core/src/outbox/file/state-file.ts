import { chmodSync, closeSync, existsSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isSinkError, SinkError } from '../../contract/index.js';
import { makeFolder } from './make-folder.js';
import { fatal, toOutboxError } from './outbox-errors.js';
import { APPLICATION_ID, SCHEMA_STEPS, SCHEMA_VERSION } from './outbox-schema.js';

/** The time for which a statement, and the whole process with it, waits while another process writes to the file. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * SQLite's settings for the file. A commit survives a power cut: WAL with `synchronous=full`. Room that delivered
 * messages leave in the file can be given back (`auto_vacuum`, which must come first). The log is written into the file
 * each 8 MB, a third of the ballast: with a smaller log, random pages are written again and again. Deleted data is
 * overwritten, because it is personal.
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

/** Opens the outbox's file with its tables; only its owner may read it. Throws a classified `SinkError`. */
export function openStateFile(file: string, ifMissing: 'create' | 'refuse'): DatabaseSync {
  return opening(file, () => {
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
  });
}

/**
 * Opens the file to read it: its contents, permissions and settings stay as they are, also where an earlier version of
 * dbsync wrote it. Throws a classified `SinkError`.
 */
export function lookAtStateFile(file: string): DatabaseSync {
  return opening(file, () => {
    if (statSync(file, { throwIfNoEntry: false }) === undefined) {
      throw fatal('OUTBOX_STATE_MISSING', `There is no state file ${file}: webhook mode has never run here.`);
    }
    const db = openToRead(file);
    try {
      if (versionOf(db, file) === 0) throw missing(`The state file ${file} is empty`);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Opens the file to read it, also on a read-only file system. If there is no log beside the file, no process has it
 * open. Then SQLite reads the file alone, and makes no file beside it.
 */
export function openToRead(file: string): DatabaseSync {
  if (existsSync(`${file}-wal`)) return new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const url = pathToFileURL(file);
  url.search = 'immutable=1';
  return new DatabaseSync(url, { readOnly: true });
}

/** @throws a fatal SinkError for a file that the next start brings to the version of this dbsync */
export function refuseOlderFile(db: DatabaseSync, file: string): void {
  const version = versionOf(db, file);
  if (version === SCHEMA_VERSION) return;
  throw fatal(
    'OUTBOX_VERSION_OLDER',
    `State file ${file} has version ${version} of an earlier dbsync. The next start brings it to version ${SCHEMA_VERSION}.`,
  );
}

/** Opens or reads a state file. Throws a classified `SinkError`. */
export function opening<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (isFileError(error)) throw fatal('OUTBOX_CANNOT_OPEN', `State file ${file}: ${error.message}`, error);
    const { code, message, verdict } = toOutboxError(error, file);
    throw new SinkError(code, message, { verdict, outcome: 'not-committed', cause: error });
  }
}

/**
 * Creates the file before SQLite does, which would let the group and others read it. The files beside it get the mode
 * of this one.
 */
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
    `${what}, so dbsync does not know which messages it has delivered. ` +
      'Restore it; or begin again from now on with --new-state, or from an earlier time with --since.',
  );
}

/**
 * Creates the tables, or adds those that an older version of dbsync did not have. If two processes do it at the same
 * time, the second one finds the tables of the first.
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

/** Returns the version of the tables; 0 if the file is still empty. Throws for a file that this dbsync cannot use. */
export function versionOf(db: DatabaseSync, file: string): number {
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
