import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SyncTables } from '@dbsync/sql';
import { Kysely, SqliteDialect, sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { changeSortingOnDisk } from './sort-on-disk.js';
import { connectSqlite } from './sqlite-connection.js';
import { createStatementCache } from './statement-cache.js';

const options = { signal: new AbortController().signal };
const [FILE, MEMORY] = [1, 2];
const DURING_AND_AFTER = [
  [FILE, 8 * 1024],
  [MEMORY, 32 * 1024],
];

/** Where SQLite sorts, and in how many KiB at once. */
type Sorting = readonly [temp_store: number, kib: number];

const sorting = sql`select temp_store, -cache_size as kib from pragma_temp_store, pragma_cache_size`;
/** A change of the schema that records how SQLite would have sorted at that moment. */
const record = sql`create table seen as ${sorting}`;

/** Returns what was recorded, and what is so now. */
async function sortingOf(db: Kysely<SyncTables>): Promise<readonly (Sorting | undefined)[]> {
  const both = [sql<Record<string, number>>`select * from seen`, sql<Record<string, number>>`${sorting}`];
  const found = await Promise.all(both.map((query) => query.execute(db)));
  return found.map(({ rows: [row] }) => row && [Number(row.temp_store), Number(row.kib)]);
}

it('sorts on the disk while it changes the schema, and in memory otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), "dbsync-sort's-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { session } = await connectSqlite(join(folder, 'copy.db'), 0o600, options.signal);
  await session.schema.alter(record.compile(session.db), options);
  expect(await sortingOf(session.db)).toEqual(DURING_AND_AFTER);
  const { rows } = await sql<{ temp_store_directory: string }>`pragma temp_store_directory`.execute(session.db);
  expect(rows[0]?.temp_store_directory).toBe(folder);
  await session.schema.alter(sql`drop table seen`.compile(session.db), options);
  await session.schema.indexing?.alone(options, (build) => build('seen', 'usual', () => record.compile(session.db)));
  expect(await sortingOf(session.db)).toEqual(DURING_AND_AFTER);
  await expect(session.schema.alter(record.compile(session.db), options)).rejects.toThrow('already exists');
  expect(await sortingOf(session.db)).toEqual(DURING_AND_AFTER);
  await session.close();
});

it('sorts in memory where SQLite cannot use the folder', async () => {
  const database = createStatementCache(new DatabaseSync(':memory:'), () => 0);
  const db = new Kysely<SyncTables>({ dialect: new SqliteDialect({ database }) });
  await sql`pragma temp_store = memory`.execute(db);
  await changeSortingOnDisk(db, '/no/such/folder/copy.db', { setPages: () => {} })(record.compile(db), options);
  expect(await sortingOf(db)).toEqual([
    [MEMORY, 2_000],
    [MEMORY, 2_000],
  ]);
  await db.destroy();
});
