import type { EngineSession, SqlEngine } from '@dbsync/sql';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { CompiledQuery, sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectMssql, createTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const KINDS = ['key', 'text', 'instant', 'number', 'boolean', 'integer'] as const;

let engine: SqlEngine;
let session: EngineSession;
let other: TediousClient;
beforeAll(async () => {
  const url = await createTestDatabase();
  engine = createMssqlEngine(readAddress(serverTarget(url)));
  session = await engine.connect(options);
  other = await connectMssql(url);
});
afterAll(async () => {
  await session.close();
  await other[Symbol.asyncDispose]();
});

/** Returns the types without the collation: dbsync does not choose that of a database, nor Babelfish's name of it. */
const plainTypes = async (table: string) =>
  (await session.schema.describe(table, options))?.columns.map(({ name, type }) => [
    name,
    type.replace(/ COLLATE .*/, ''),
  ]);

it('describes each type as it declares it', async () => {
  const declared = KINDS.map((kind) => [kind, engine.types.declare(kind, 'native')] as const);
  const columns = declared.map(([name, type]) => `"${name}" ${type}`).join(', ');
  await session.schema.alter(CompiledQuery.raw(`CREATE TABLE declared (${columns})`), options);
  expect(await plainTypes('declared')).toEqual(declared.map(([name, type]) => [name, type.replace(/ COLLATE .*/, '')]));
  const described = (await session.schema.describe('declared', options))?.columns ?? [];
  for (const [at, kind] of KINDS.entries()) {
    const type = described[at]?.type ?? '';
    expect(engine.types.wider(type, kind), kind).toBeNull();
    expect(engine.types.storageOf(type, kind), kind).toEqual(engine.types.storageOf(declared[at]?.[1] ?? '', kind));
  }
});

it('describes keys and indexes of hostile names, and nothing of other schemas', async () => {
  for (const statement of [
    'CREATE SCHEMA elsewhere',
    'CREATE TABLE elsewhere.hidden (x int)',
    'CREATE TABLE parent (id nvarchar(50) NOT NULL PRIMARY KEY)',
    `CREATE TABLE "Odd ""one" ("A'b" varchar(7) UNIQUE, b nvarchar(50), c nvarchar(20), gone int, n decimal(9,2), t datetime2(0), UNIQUE (b, c))`,
    'ALTER TABLE "Odd ""one" DROP COLUMN gone',
    'CREATE INDEX ix ON "Odd ""one" (c, n DESC) INCLUDE (b)',
    'ALTER TABLE "Odd ""one" ADD FOREIGN KEY (b) REFERENCES parent (id)',
  ]) {
    await other.runBatch(statement);
  }
  const described = await session.schema.describe('Odd "one', options);
  expect(await plainTypes('Odd "one')).toEqual([
    ["A'b", 'varchar(7)'],
    ['b', 'nvarchar(50)'],
    ['c', 'nvarchar(20)'],
    ['n', 'decimal(9,2)'],
    ['t', 'datetime2(0)'],
  ]);
  const lists = (columns: readonly (readonly string[])[] | undefined) => columns?.map((list) => list.join()).sort();
  expect(lists(described?.uniqueKeys)).toEqual(["A'b", 'b,c']);
  expect(lists(described?.indexes)).toEqual(["A'b", 'b,c', 'c,n']);
  expect(described?.foreignKeys).toMatchObject([{ column: 'b', table: 'parent', isCopy: false }]);
  expect(await session.schema.describe('hidden', options)).toBeNull();
  expect(await session.schema.listTables(options)).toEqual(expect.arrayContaining(['declared', 'parent', 'Odd "one']));
  expect(await session.schema.listTables(options)).not.toContain('hidden');
});

it('R21 widens columns online, keeps values, NOT NULL and keys, and gives up on a locked table within seconds', async () => {
  await other.runBatch(
    `CREATE TABLE narrow (id nvarchar(20) NOT NULL, v nvarchar(3), old text, w varchar(5) DEFAULT 'd')`,
  );
  await other.runBatch('CREATE INDEX by_id ON narrow (id)');
  await other.runBatch(`INSERT INTO narrow (id, v, old) VALUES (N'Ab', N'äöü', 'long')`);
  const key = engine.types.declare('key', 'native');
  const wide = ['v', 'old', 'w'].map((name) => ({ name, type: 'nvarchar(max)' }));
  const widen = () => session.schema.widen('narrow', [{ name: 'id', type: key }, ...wide], options);
  await other.runBatch('BEGIN TRANSACTION');
  await other.runBatch(`UPDATE narrow SET v = N'xyz'`);
  expect(await widen().catch(engine.toSinkError)).toMatchObject({
    code: 'MSSQL_BUSY',
    verdict: 'retryable',
    outcome: 'not-committed',
  });
  await other.runBatch('ROLLBACK TRANSACTION');
  await widen();
  const described = await session.schema.describe('narrow', options);
  expect(described?.columns.map(({ name, type }) => [name, type.replace(/ COLLATE .*/, '')])).toEqual([
    ['id', 'nvarchar(255)'],
    ['v', 'nvarchar(max)'],
    ['old', 'nvarchar(max)'],
    ['w', 'nvarchar(max)'],
  ]);
  expect(described?.indexes).toEqual([['id']]);
  await other.runBatch(`INSERT INTO narrow (id, v) VALUES (N'ab', N'more than before')`);
  await expect(other.runBatch(`INSERT INTO narrow (v) VALUES (N'x')`)).rejects.toMatchObject({ number: 515 });
  const { rows } = await other.runBatch(`SELECT id, v, old, w FROM narrow WHERE v = N'äöü'`);
  expect(rows).toEqual([['Ab', 'äöü', 'long', 'd']]);
});

it('R13 the clock of leases is that of the statement, whenever its transaction began', async () => {
  const clock = sql<{ ms: string }>`SELECT ${engine.types.clockMs} AS ms`;
  const ms = await session.db.transaction().execute(async (transaction) => {
    const before = Number((await clock.execute(transaction)).rows[0]?.ms);
    for (;;) {
      const now = Number((await clock.execute(transaction)).rows[0]?.ms);
      if (now > before) return [before, now];
    }
  });
  expect(ms[1]).toBeGreaterThan(ms[0] ?? Number.NaN);
  expect(Math.abs((ms[1] ?? 0) - Date.now())).toBeLessThan(86_400_000);
});

it('rolls a transaction of several requests back when one of them fails, and goes on with the connection', async () => {
  await other.runBatch('CREATE TABLE counted (n int PRIMARY KEY)');
  const insert = (n: number) => sql`INSERT INTO counted VALUES (${n})`;
  const failing = session.db.transaction().execute(async (transaction) => {
    await insert(1).execute(transaction);
    await insert(1).execute(transaction);
  });
  await expect(failing).rejects.toMatchObject({ number: 2627 });
  await insert(2).execute(session.db);
  expect((await other.runBatch('SELECT n FROM counted')).rows).toEqual([[2]]);
});
