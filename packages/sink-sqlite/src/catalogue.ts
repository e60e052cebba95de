import type { CallOptions } from '@dbsync/core/contract';
import type { EngineSchema, SyncTables, TableDescription } from '@dbsync/sql';
import { type Kysely, sql } from 'kysely';

/** The most tables that are kept: more than a copy has with the tables of dbsync's own. */
const MOST_DESCRIBED = 50;

/**
 * Describes tables. A description holds until the version of the file's schema changes, which SQLite raises with each
 * change of a table, an index or a trigger, also by another process.
 */
export function createDescribe(db: Kysely<SyncTables>, versionNow: () => number | null): EngineSchema['describe'] {
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
