import type pg from 'pg';
import { expect, it } from 'vitest';
import type { PostgresAddress } from './postgres-address.js';
import { checkHealth } from './postgres-health.js';

/** The state of a server with which nothing is amiss. */
const FIT = {
  version: '17.2',
  version_number: 17,
  encoding: 'UTF8',
  read_only: false,
  standby: false,
  may_create: true,
  may_stage: true,
  durable: true,
  encrypted: true,
  free_connections: 90,
  allowed_connections: 97,
  role_limit: -1,
  database_limit: -1,
  database_mb: 12,
};

async function amiss(state: Partial<typeof FIT>, hasCopy = true): Promise<readonly string[]> {
  const client = { query: async () => ({ rows: [{ ...FIT, ...state }] }) } as unknown as pg.ClientBase;
  const address = { user: 'dbsync', database: 'calls' } as PostgresAddress;
  const tableSchema = { schema: 'public', path: 'public' };
  const findings = await checkHealth(client, address, {
    tableSchema,
    isPoolerExcluded: true,
    hasCopy,
    lacking: 7,
    needed: 97,
  });
  return findings
    .filter(({ level }) => level === 'warn' || level === 'fail')
    .map(({ level, what, remedy }) => `${level}: ${what}. ${remedy}`);
}

it('finds nothing amiss with a server that has all', async () => {
  expect(await amiss({})).toEqual([]);
});

it.each([
  [{ version: '11.9', version_number: 11 }, /^warn: PostgreSQL 11\.9.*: older than .* Use PostgreSQL 12 or newer/],
  [
    { encoding: 'LATIN1' },
    /^fail: The database stores LATIN1, not Unicode\. CREATE DATABASE "calls_utf8" ENCODING 'UTF8'/,
  ],
  [{ standby: true }, /^fail: The server is a standby .* Name the primary/],
  [{ read_only: true }, /^fail: Transactions are read-only\. ALTER ROLE "dbsync" IN DATABASE "calls" SET default/],
  [
    { may_create: false },
    /^warn: The user may not create tables .* GRANT USAGE, CREATE ON SCHEMA "public" TO "dbsync"/,
  ],
  [{ may_stage: false }, /^fail: The user may not use temporary tables\. GRANT TEMPORARY ON DATABASE "calls"/],
  [{ durable: false }, /^warn: fsync or full_page_writes is off/],
  [{ free_connections: 3 }, /^warn: Only 3 connections are free\. Raise max_connections/],
  [
    { allowed_connections: 96 },
    /^warn: The campaigns of the file may open 97 connections, and max_connections .* allows 96/,
  ],
  [{ role_limit: 10 }, /^warn: .*may open 97 connections, and the CONNECTION LIMIT of the role "dbsync" allows 10/],
  [
    { database_limit: 10 },
    /^warn: .*may open 97 connections, and the CONNECTION LIMIT of the database "calls" allows 10/,
  ],
])('names what a server lacks, with the remedy: %j', async (state, text) => {
  expect(await amiss(state)).toEqual([expect.stringMatching(text)]);
});

it('fails without the right to make tables, where there is no copy yet', async () => {
  expect(await amiss({ may_create: false }, false)).toEqual([expect.stringMatching(/^fail: The user may not create/)]);
});
