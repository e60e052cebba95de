import type { EngineSession, SqlEngine } from '@dbsync/sql';
import { CompiledQuery, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

const options = { signal: new AbortController().signal };

let engine: SqlEngine;
let session: EngineSession;
let other: pg.Client;
beforeAll(async () => {
  const url = await createTestDatabase();
  engine = createPostgresEngine(readAddress(serverTarget(url)));
  session = await engine.connect(options);
  other = new pg.Client({ connectionString: url });
  await other.connect();
});
afterAll(async () => {
  await session.close();
  await other.end();
});

it('spells each type that it declares as it describes it, so that the two compare', async () => {
  const kinds = ['key', 'text', 'instant', 'number', 'boolean', 'integer'] as const;
  const declared = kinds.map((kind) => ({ name: kind, type: engine.types.declare(kind, 'native') }));
  const columns = declared.map(({ name, type }) => `"${name}" ${type}`).join(', ');
  await session.schema.alter(CompiledQuery.raw(`CREATE TABLE public.declared (${columns})`), options);
  expect((await session.schema.describe('declared', options))?.columns).toEqual(declared);
  expect(kinds.map((kind) => engine.types.declare(kind, 'text'))).toEqual([
    declared[0]?.type,
    'text',
    'text',
    'text',
    'text',
    'bigint',
  ]);
});

it('describes keys, indexes and foreign keys of hostile names, and nothing of other schemas', async () => {
  await other.query(`CREATE SCHEMA elsewhere; CREATE TABLE elsewhere."Odd ""one" (x int); CREATE TABLE elsewhere.hidden ();
    CREATE TABLE parent (id text PRIMARY KEY);
    CREATE TABLE "Odd ""one" ("a'b" varchar(7) UNIQUE, b text REFERENCES parent, c text, gone int, UNIQUE (b, c));
    ALTER TABLE "Odd ""one" DROP COLUMN gone;
    CREATE INDEX ON "Odd ""one" (c) INCLUDE (b);
    CREATE UNIQUE INDEX ON "Odd ""one" (c) WHERE b IS NULL;
    CREATE UNIQUE INDEX ON "Odd ""one" (lower(b))`);
  const described = await session.schema.describe('Odd "one', options);
  expect(described?.columns).toEqual([
    { name: "a'b", type: 'character varying(7)' },
    { name: 'b', type: 'text' },
    { name: 'c', type: 'text' },
  ]);
  expect(described?.uniqueKeys).toEqual([["a'b"], ['b', 'c']]);
  expect(described?.indexes).toEqual([["a'b"], ['b', 'c'], ['c']]);
  expect(described?.foreignKeys).toMatchObject([{ column: 'b', table: 'parent', isCopy: false }]);
  expect(await session.schema.describe('odd "one', options)).toBeNull();
  expect(await session.schema.listTables(options)).not.toContain('hidden');
});

it('R21 widens a column online, and gives up on a locked table within seconds', async () => {
  await other.query(`CREATE TABLE narrow (v varchar(3)); INSERT INTO narrow VALUES ('abc')`);
  await other.query('BEGIN; LOCK TABLE narrow');
  const widen = () => session.schema.widen('narrow', [{ name: 'v', type: 'text' }], options);
  const refused = await widen().catch(engine.toSinkError);
  expect(refused).toMatchObject({ code: 'POSTGRES_BUSY', verdict: 'retryable', outcome: 'not-committed' });
  await other.query('COMMIT');
  await widen();
  expect((await session.schema.describe('narrow', options))?.columns).toEqual([{ name: 'v', type: 'text' }]);
  expect((await other.query('SELECT v FROM narrow')).rows).toEqual([{ v: 'abc' }]);
});

it('R13 the clock of leases is that of the statement, whenever its transaction began', async () => {
  const clock = sql<{ ms: string }>`SELECT ${engine.types.clockMs} AS ms`;
  const ms = await session.db.transaction().execute(async (transaction) => {
    const before = await clock.execute(transaction);
    await sql`SELECT pg_sleep(0.01)`.execute(transaction);
    return [before, await clock.execute(transaction)].map(({ rows }) => Number(rows[0]?.ms));
  });
  expect(ms[1]).toBeGreaterThan(ms[0] ?? Number.NaN);
});
