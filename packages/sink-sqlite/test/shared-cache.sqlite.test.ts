import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineSession } from '@dbsync/sql';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { connectSqlite } from '../src/sqlite-connect.ts';

const signal = new AbortController().signal;

/** Returns the size of the connection's cache in KiB. */
async function cacheOf({ db }: EngineSession): Promise<number> {
  const { rows } = await sql<{ cache_size: bigint | number }>`pragma cache_size`.execute(db);
  return -Number(rows[0]?.cache_size);
}

it('divides 128 MB of caches among the connections of the process, 32 MB at most and 1 MB at least for each', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'dbsync-caches-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const sessions: EngineSession[] = [];
  const open = async (count: number) => {
    while (sessions.length < count) {
      sessions.push((await connectSqlite(join(folder, `copy-${sessions.length}.db`), 0o600, signal)).session);
    }
  };
  const sizes = async () => [...new Set(await Promise.all(sessions.map(cacheOf)))];
  await open(4);
  expect(await sizes()).toEqual([32 * 1024]);
  await open(8);
  expect(await sizes()).toEqual([16 * 1024]);
  await open(140);
  expect(await sizes()).toEqual([1024]);
  for (const session of sessions.splice(2)) await session.close();
  expect(await sizes()).toEqual([32 * 1024]);
  for (const session of sessions) await session.close();
});
