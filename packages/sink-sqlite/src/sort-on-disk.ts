import { dirname, resolve } from 'node:path';
import type { SyncTables } from '@dbsync/sql';
import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { ShareOfMemory } from './shared-memory.js';

/** Runs one statement that changes the schema. */
export type ChangeSchema = (statement: CompiledQuery, options: { readonly signal: AbortSignal }) => Promise<void>;

/** SQLite sorts in as much memory as it has for pages; then it writes a file. More is not faster. */
const SORTED_AT_ONCE_KIB = 8 * 1024;

/**
 * Returns a function that runs a change of the schema and lets SQLite sort on the disk meanwhile. The build of an index sorts
 * all rows, which in memory takes 50 MB for a million rows. The files have no name, and stand in the folder of the database,
 * which is writable even where the system has no other such folder. If SQLite refuses the folder, it sorts in memory.
 */
export function changeSortingOnDisk(
  db: Kysely<SyncTables>,
  file: string,
  pages: Pick<ShareOfMemory, 'setPages'>,
): ChangeSchema {
  const folder = sql.lit(dirname(resolve(file)));
  return (statement, options) =>
    db.connection().execute(async (connection) => {
      const sortsOnDisk = await sql`pragma temp_store_directory = ${folder}`.execute(connection, options).then(
        () => true,
        () => false,
      );
      try {
        if (sortsOnDisk) await sql`pragma temp_store = file`.execute(connection, options);
        pages.setPages(SORTED_AT_ONCE_KIB);
        await connection.executeQuery(statement, options);
      } finally {
        pages.setPages(null);
        if (sortsOnDisk) await sql`pragma temp_store = memory`.execute(connection);
      }
    });
}
