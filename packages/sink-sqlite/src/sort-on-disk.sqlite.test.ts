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

/** A change of the schema that records where SQLite would have sorted at that moment. */
const record = sql`create table seen as select temp_store from pragma_temp_store`;

async function placesOf(db: Kysely<SyncTables>): Promise<readonly (number | undefined)[]> {
  const seen = await sql<{ temp_store: number }>`select temp_store from seen`.execute(db);
  const now = await sql<{ temp_store: number }>`pragma temp_store`.execute(db);
  return [seen.rows[0]?.temp_store, now.rows[0]?.temp_store];
}

it('sorts on the disk while it changes the schema, and in memory otherwise', async () => {
  const folder = mkdtempSync(join(tmpdir(), "dbsync-sort's-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { session } = await connectSqlite(join(folder, 'copy.db'), 0o600, options.signal);
  await session.schema.alter(record.compile(session.db), options);
  expect(await placesOf(session.db)).toEqual([FILE, MEMORY]);
  const { rows } = await sql<{ temp_store_directory: string }>`pragma temp_store_directory`.execute(session.db);
  expect(rows[0]?.temp_store_directory).toBe(folder);
  await session.schema.alter(sql`drop table seen`.compile(session.db), options);
  await session.schema.indexing?.alone(options, (build) => build('seen', 'usual', () => record.compile(session.db)));
  expect(await placesOf(session.db)).toEqual([FILE, MEMORY]);
  await expect(session.schema.alter(record.compile(session.db), options)).rejects.toThrow('already exists');
  expect(await placesOf(session.db)).toEqual([FILE, MEMORY]);
  await session.close();
});

it('sorts in memory where SQLite cannot use the folder', async () => {
  const database = createStatementCache(new DatabaseSync(':memory:'), () => 0);
  const db = new Kysely<SyncTables>({ dialect: new SqliteDialect({ database }) });
  await sql`pragma temp_store = memory`.execute(db);
  await changeSortingOnDisk(db, '/no/such/folder/copy.db')(record.compile(db), options);
  expect(await placesOf(db)).toEqual([MEMORY, MEMORY]);
  await db.destroy();
});
