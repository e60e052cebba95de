import type { CallOptions } from '@dbsync/core/contract';
import type { EngineSchema, SyncTables, TableDescription } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';
import { createSqliteIndexing } from './sqlite-indexes.js';
import { createSqliteViews } from './sqlite-views.js';

/**
 * Creates the schema's reader and changer.
 *
 * @param isStrict the tables of the file are STRICT, so new ones are too
 * @param version returns the version of the file's schema; null: it is not known now
 */
export function createSqliteSchema(
  db: Kysely<SyncTables>,
  isStrict: boolean,
  version: () => number | null,
): EngineSchema {
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
    indexing: createSqliteIndexing(db),
    compoundPrimaryKey: sql`primary key`,
    tableOptions: isStrict ? sql`strict` : sql``,
    checkOf: (column, type) => (isStrict ? sql`` : sql` check (typeof(${sql.id(column)}) ${sql.raw(classOf(type))})`),
    // A statement outside a transaction is one by itself; the connection's time-out limits its wait for locks.
    alter: async (statement, options) => {
      await db.executeQuery(statement, options);
    },
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

/** So many tables are kept: more than a copy has, its own ones beside. */
const MOST_DESCRIBED = 50;

/**
 * Describes tables. A description holds until the version of the file's schema changes, which SQLite raises with each
 * change of a table, an index or a trigger, also by another process.
 */
function createDescribe(db: Kysely<SyncTables>, versionNow: () => number | null): EngineSchema['describe'] {
  const known = new Map<string, TableDescription | null>();
  let knownVersion: number | null = null;
  return async (table, options) => {
    options.signal.throwIfAborted();
    const version = versionNow();
    if (version === null) return describe(db, table, options);
    if (version !== knownVersion || known.size > MOST_DESCRIBED) known.clear();
    knownVersion = version;
    const found = known.get(table);
    if (found !== undefined) return found;
    const description = await describe(db, table, options);
    if (knownVersion === version) known.set(table, description);
    return description;
  };
}

async function describe(db: Kysely<SyncTables>, table: string, options: CallOptions): Promise<TableDescription | null> {
  const columns = await sql<{ name: string; type: string }>`
    select name, type || case when hidden in (2, 3) then ' (computed)' else '' end as type
    from pragma_table_xinfo(${table}) where hidden <> 1 order by cid`.execute(db, options);
  if (columns.rows.length === 0) return null;
  const indexed = await sql<{ index: string; isUnique: number; column: string }>`
    select list.name as "index", list."unique" as "isUnique", info.name as "column"
    from pragma_index_list(${table}) as list, pragma_index_info(list.name) as info
    where list.partial = 0 order by list.name, info.seqno`.execute(db, options);
  const keys = await sql<{ column: string; parent: string; isCopy: number }>`
    select "from" as "column", "table" as parent,
      exists (select 1 from pragma_table_info(list."table") where name = '$changed') as "isCopy"
    from pragma_foreign_key_list(${table}) as list`.execute(db, options);
  const dropping = await sql<{ names: string | null }>`
    select group_concat(name, ', ') as names from sqlite_schema
    where type = 'trigger' and tbl_name = ${table} and sql like '%raise%(%ignore%)%'`.execute(db, options);
  const indexes = new Map<string, { isUnique: boolean; columns: string[] }>();
  for (const { index, isUnique, column } of indexed.rows) {
    const known = indexes.get(index) ?? { isUnique: isUnique === 1, columns: [] };
    known.columns.push(column);
    indexes.set(index, known);
  }
  return {
    columns: columns.rows.map(({ name, type }) => ({ name, type })),
    indexes: [...indexes.values()].map((index) => index.columns),
    indexNames: [...indexes.keys()],
    uniqueKeys: [...indexes.values()].filter(({ isUnique }) => isUnique).map((index) => index.columns),
    foreignKeys: keys.rows.map(({ column, parent, isCopy }) => ({
      column,
      name: '',
      table: parent,
      isCopy: isCopy === 1,
    })),
    droppingTriggers: dropping.rows[0]?.names ?? null,
  };
}
