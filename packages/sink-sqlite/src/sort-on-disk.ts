import { dirname, resolve } from 'node:path';
import type { SyncTables } from '@dbsync/sql';
import { type CompiledQuery, type Kysely, sql } from 'kysely';

/** Runs one statement that changes the schema. */
export type ChangeSchema = (statement: CompiledQuery, options: { readonly signal: AbortSignal }) => Promise<void>;

/**
 * Returns a function that runs a change of the schema and lets SQLite sort on the disk meanwhile. The build of an index sorts
 * all rows. In memory that takes 50 MB for a million rows; on the disk it takes no more than the cache for pages. The files have no
 * name, and stand in the folder of the database, which is writable even where the system has no other such folder. If SQLite
 * refuses the folder, it sorts in memory.
 */
export function changeSortingOnDisk(db: Kysely<SyncTables>, file: string): ChangeSchema {
  const folder = sql.lit(dirname(resolve(file)));
  return (statement, options) =>
    db.connection().execute(async (connection) => {
      const sortsOnDisk = await sql`pragma temp_store_directory = ${folder}`.execute(connection, options).then(yes, no);
      if (sortsOnDisk) await sql`pragma temp_store = file`.execute(connection, options);
      try {
        await connection.executeQuery(statement, options);
      } finally {
        if (sortsOnDisk) await sql`pragma temp_store = memory`.execute(connection);
      }
    });
}

const yes = () => true;
const no = () => false;
