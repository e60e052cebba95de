import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { EngineSession, SyncTables } from '@dbsync/sql';
import { Kysely, SqliteDialect } from 'kysely';
import { refuseMissingFile } from './file-address.js';
import { watchFile } from './file-watch.js';
import { makeFile } from './make-file.js';
import { oneTransactionAtATime } from './one-transaction-at-a-time.js';
import { SETTINGS } from './session-settings.js';
import { shareMemory } from './shared-memory.js';
import { checkFile } from './sqlite-health.js';
import { createSqliteSchema } from './sqlite-schema.js';
import { createSqliteUpsert } from './sqlite-upsert.js';
import { createStatementCache } from './statement-cache.js';

/** The time for which a statement waits, and the whole process with it, while another process writes to the file. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * The time between two checkpoints. It is short, so that the file alone is nearly current: users copy it without its
 * log.
 */
const CHECKPOINT_MS = 10_000;

/** A connected file. */
export interface SqliteConnection {
  readonly session: EngineSession;
  /** True where the file has STRICT tables, as an earlier release made them. */
  readonly isStrict: boolean;
}

/**
 * Opens the file with one connection for all work: kysely hands it to one user after the other, so no call runs inside
 * another's transaction.
 *
 * @param mode of a file that is made; null: none is made, and an existing file keeps its kind of log; `if-there`: the same,
 * the file is only read, and an empty database in memory takes the place of a missing one
 */
export async function connectSqlite(
  file: string,
  mode: number | null | 'if-there',
  signal: AbortSignal,
): Promise<SqliteConnection> {
  signal.throwIfAborted();
  const makes = typeof mode === 'number';
  if (makes) makeFile(file, mode);
  else if (mode === null) refuseMissingFile(file);
  const isMissing = mode === 'if-there' && !existsSync(file);
  // A connection that could write would work the log of a crashed process into the file, and remove it.
  const readOnly = mode === 'if-there' && !isMissing;
  const database = new DatabaseSync(isMissing ? ':memory:' : file, { timeout: BUSY_TIMEOUT_MS, readOnly });
  let isStrict: boolean;
  try {
    if (makes) database.exec('pragma journal_mode = wal');
    database.exec(SETTINGS);
    isStrict = database.prepare('select 1 from pragma_table_list where strict = 1').get() !== undefined;
  } catch (error) {
    database.close();
    throw error;
  }
  const losses = watchFile(file);
  const memory = shareMemory(database);
  const statements = createStatementCache(database, memory.statements);
  const dialect = new SqliteDialect({ database: statements });
  const db = new Kysely<SyncTables>({ dialect: isMissing ? dialect : oneTransactionAtATime(dialect, file) });
  const checkpoints = readOnly ? undefined : setInterval(() => checkpoint(database, 'passive'), CHECKPOINT_MS).unref();
  const session: EngineSession = {
    db,
    schema: createSqliteSchema(db, file, memory, isStrict, makes ? schemaVersionOf(database) : () => null),
    losses,
    ...(mode === 'if-there' && { startEffects: effectsOf(database, file, isMissing) }),
    upsert: createSqliteUpsert(db, database, statements),
    checkHealth: (options) => checkFile(isMissing ? null : db, file, { ...options, onlyLooks: !makes }),
    // Behind the semaphore: another connection of this process that has a transaction open needs this thread to end it.
    scrub: () => db.connection().execute(async () => checkpoint(database, 'truncate')),
    close: async () => {
      clearInterval(checkpoints);
      if (losses.mustReconnect && !readOnly) checkpoint(database, 'truncate');
      memory.leave();
      await db.destroy();
      if (database.isOpen) database.close();
      if (!readOnly) losses.removeLeftLog();
    },
  };
  return { session, isStrict };
}

/**
 * Returns a function that reads the version of the schema of a file with a write-ahead log, where no write of another makes
 * a reader wait. It returns null while a transaction is open, since a version that is rolled back comes again with other
 * tables.
 */
function schemaVersionOf(database: DatabaseSync): () => number | null {
  let query: StatementSync | null = null;
  return () => {
    if (database.isTransaction) return null;
    query ??= database.prepare('pragma schema_version');
    return Number(query.get()?.schema_version);
  };
}

/** Returns what a start would do to the file beside its tables. */
function effectsOf(database: DatabaseSync, file: string, isMissing: boolean): readonly string[] {
  if (isMissing) return [`The file ${resolve(file)} is made.`];
  const isLogged = database.prepare('pragma journal_mode').get()?.journal_mode === 'wal';
  return isLogged ? [] : [`The file ${resolve(file)} gets a write-ahead log (journal_mode = wal).`];
}

/**
 * Works the log into the file, as far as no reader needs it. Cheap where nothing was written.
 * @param how `truncate` empties the log too: a file that was moved away left its log behind
 */
function checkpoint(database: DatabaseSync, how: 'passive' | 'truncate'): void {
  if (!database.isOpen || (how === 'passive' && database.isTransaction)) return;
  try {
    database.exec(`pragma wal_checkpoint(${how})`);
  } catch {
    // Another statement is being read, or another process writes; or another file has the name now, and it counts.
  }
}
