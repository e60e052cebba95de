import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { EngineSession } from '@dbsync/sql';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { shareMemory } from '../src/shared-memory.ts';
import { connectSqlite } from '../src/sqlite-connection.ts';
import { createStatementCache } from '../src/statement-cache.ts';

const signal = new AbortController().signal;

/** Returns the size of the connection's cache in KiB. */
async function cacheOf({ db }: EngineSession): Promise<number> {
  const { rows } = await sql<{ cache_size: bigint | number }>`pragma cache_size`.execute(db);
  return -Number(rows[0]?.cache_size);
}

it('divides 64 MB of caches among the connections of the process, 32 MB at most and 256 KB at least for each', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-caches-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sessions: EngineSession[] = [];
  const open = async (count: number) => {
    while (sessions.length < count) {
      sessions.push((await connectSqlite(join(folder, `copy-${sessions.length}.db`), 0o600, signal)).session);
    }
  };
  const sizes = async () => [...new Set(await Promise.all(sessions.map(cacheOf)))];
  await open(2);
  expect(await sizes()).toEqual([32 * 1024]);
  await open(8);
  expect(await sizes()).toEqual([8 * 1024]);
  await open(280);
  expect(await sizes()).toEqual([256]);
  for (const session of sessions.splice(2)) await session.close();
  expect(await sizes()).toEqual([32 * 1024]);
  for (const session of sessions) await session.close();
});

it('divides 2,400 compiled statements among the connections of the process, 200 at most for each, and none where 50 are too many', () => {
  const parts = Array.from({ length: 400 }, () => {
    const { statements, leave } = shareMemory(new DatabaseSync(':memory:'));
    return { kept: statements(), statements, leave };
  });
  expect([1, 12, 30, 48, 49, 400].map((count) => parts[count - 1]?.kept)).toEqual([200, 200, 80, 50, 0, 0]);
  for (const { leave } of parts.slice(1)) leave();
  expect(parts[0]?.statements()).toBe(200);
  parts[0]?.leave();
});

it('keeps the statements that were used last', () => {
  const database = new DatabaseSync(':memory:');
  let most = 3;
  const cache = createStatementCache(database, () => most);
  const [first, second] = [cache.prepare('select 1'), cache.prepare('select 2')];
  for (const text of ['select 3', 'select 2', 'select 4']) cache.prepare(text);
  expect(cache.prepare('select 2')).toBe(second);
  expect(cache.prepare('select 1')).not.toBe(first);
  most = 1;
  const last = cache.prepare('select 5');
  expect(cache.prepare('select 5')).toBe(last);
  expect(cache.prepare('select 2')).not.toBe(second);
  most = 0;
  expect(cache.prepare('select 2')).not.toBe(cache.prepare('select 2'));
  cache.close();
});
