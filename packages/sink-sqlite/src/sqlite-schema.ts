import type { EngineSchema, SyncTables } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';
import { createDescribe } from './catalogue.js';
import type { ShareOfMemory } from './shared-memory.js';
import { changeSortingOnDisk } from './sort-on-disk.js';
import { createSqliteIndexing } from './sqlite-indexes.js';
import { createSqliteViews } from './sqlite-views.js';

/**
 * Creates the schema's reader and changer.
 *
 * @param file the path of the database
 * @param pages the memory of the connection for pages
 * @param isStrict the tables of the file are STRICT, so new ones are too
 * @param version returns the version of the file's schema; null: it is not known now
 */
export function createSqliteSchema(
  db: Kysely<SyncTables>,
  file: string,
  pages: Pick<ShareOfMemory, 'setPages'>,
  isStrict: boolean,
  version: () => number | null,
): EngineSchema {
  // A statement outside a transaction is one by itself; the connection's time-out limits its wait for locks.
  const alter = changeSortingOnDisk(db, file, pages);
  return {
    async listTables(options) {
      const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table'`.execute(
        db,
        options,
      );
      return rows.map(({ name }) => name);
    },
    describe: createDescribe(db, version),
    // Rows are numbered as they come, so the last number is their count and that of deleted ones.
    async estimateRows(table, options) {
      const { rows } = await sql<{ last: number | null }>`select max(rowid) as last from ${sql.id(table)}`.execute(
        db,
        options,
      );
      return rows[0]?.last ?? null;
    },
    triggers: {
      suspects: new Set(['SQLITE_FAILED', 'SQLITE_REFUSED']),
      async list(tables, options) {
        const { rows } = await sql<{ name: string }>`select name || ' on ' || tbl_name as name from sqlite_schema
          where type = 'trigger' and tbl_name in (${sql.join(tables)}) order by name`.execute(db, options);
        return rows.map(({ name }) => name);
      },
    },
    views: createSqliteViews(db),
    // SQLite keeps the text of CREATE TABLE as it is, and its comments with it.
    comments: {
      inColumn: (comment) => sql.raw(` /* ${comment} */`),
      atStart: (comment) => sql.raw(`/* ${comment} */ `),
    },
    indexing: createSqliteIndexing(db, alter),
    compoundPrimaryKey: sql`primary key`,
    tableOptions: isStrict ? sql`strict` : sql``,
    checkOf: (column, type) => (isStrict ? sql`` : sql` check (typeof(${sql.id(column)}) ${sql.raw(classOf(type))})`),
    alter,
    // SQLite drops no foreign key; each open finds the same one again.
    unlink: async (_table, _key, options) => {
      await sql`pragma foreign_keys = off`.execute(db, options);
    },
    // SQLite adds no key to a table that is there.
    loading: { defersKeys: false, isPossible: async () => true },
    obstacles: async () => [],
    widen: async () => {
      throw new TypeError('No text column of SQLite is too narrow');
    },
  };
}

/** Returns a check of how cells of a type are stored; without STRICT a column takes anything. */
function classOf(type: string): string {
  if (type === '') return "<> 'blob'";
  return `in ('${type.toLowerCase()}', 'null')`;
}
