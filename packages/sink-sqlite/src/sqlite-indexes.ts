import { type EngineIndexing, otherIndexName, type SyncTables } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';
import type { ChangeSchema } from './sort-on-disk.js';
import { listTaken } from './sqlite-views.js';

/** Builds indexes by plain statements. SQLite has one writer, and the process waits as long as it works. */
export function createSqliteIndexing(db: Kysely<SyncTables>, change: ChangeSchema): EngineIndexing {
  return {
    partOf: ({ name }) => sql.id(name),
    statement: ({ name, table, parts }) => sql`create index ${name} on ${table} (${parts})`,
    holdsUpWrites: () => true,
    alone: (options, run) =>
      run(async (_table, usual, statementFor) => {
        const taken = await listTaken(db, [usual], options);
        await change(statementFor(taken.length === 0 ? usual : otherIndexName(usual)), options);
      }),
  };
}
