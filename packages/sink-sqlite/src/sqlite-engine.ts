import { dirname, resolve } from 'node:path';
import type { SinkNotice, SinkTarget } from '@dbsync/core/contract';
import { homeFolder, isFolderOfOthers } from '@dbsync/core/sink-kit';
import { readSettings, type SqlEngine } from '@dbsync/sql';
import { fileOf, refuseDoubtfulPath } from './file-address.js';
import { fileMode } from './make-file.js';
import { connectSqlite } from './sqlite-connection.js';
import { toSinkError } from './sqlite-errors.js';
import { limits } from './sqlite-limits.js';
import { createSqliteTypes } from './sqlite-types.js';
import { sqliteViewDialect } from './sqlite-views.js';

/**
 * Creates the engine of SQLite: one file, one writer, and calls that block the process; so work is cut in short pieces.
 */
export function createSqliteEngine({
  address,
  options,
  onlyLooks = false,
  copyMayBeMissing = false,
}: SinkTarget): SqlEngine {
  const file = fileOf(address);
  const mode = fileMode(options.mode);
  const { columnTypes } = readSettings(options);
  const fileIfMissing = onlyLooks ? (copyMayBeMissing ? 'if-there' : null) : mode;
  /** The types of the file that was opened last. */
  let types = createSqliteTypes(columnTypes, false);
  return {
    name: 'SQLite',
    viewDialect: sqliteViewDialect,
    warnings: () => folderWarnings(file),
    limits,
    get types() {
      return types;
    },
    async connect({ signal }) {
      refuseDoubtfulPath(address, homeFolder());
      const { session, isStrict } = await connectSqlite(file, fileIfMissing, signal);
      types = createSqliteTypes(columnTypes, isStrict);
      return session;
    },
    toSinkError: (error) => toSinkError(error, file),
    busyCode: 'SQLITE_BUSY',
    schemaChangedCode: null,
    writesWithoutKey: false,
    loadsFirstCopy: true,
  };
}

/** Warns of a folder that other users may write to: they can put another file in the place of the copy, or read its log. */
function folderWarnings(file: string): readonly SinkNotice[] {
  const folder = dirname(resolve(file));
  if (!isFolderOfOthers(folder)) return [];
  const message = `Other users of this machine may write to the folder of the copy, ${folder}. Keep the copy in a folder of its own.`;
  return [{ level: 'warn', code: 'SQLITE_FOLDER_EXPOSED', message }];
}
