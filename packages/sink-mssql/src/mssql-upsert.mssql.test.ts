import { isSinkError } from '@dbsync/core/contract';
import type { Cell, EngineSession, Guard, SqlEngine, UpsertBatch, UpsertTable } from '@dbsync/sql';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectMssql, createTestDatabase } from '../../../test/harness/servers/mssql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mssql-address.js';
import { createMssqlEngine } from './mssql-engine.js';

const options = { signal: new AbortController().signal };
const NO_MORE = { statements: [], guards: [], watched: new Set<string>() };
const KEY = 'nvarchar(255) COLLATE Latin1_General_100_BIN2';
const TEXT = 'nvarchar(max) COLLATE Latin1_General_CI_AS';

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
beforeEach(async () => {
  await other.runBatch(`DROP TABLE IF EXISTS "ro""ws"; DROP TABLE IF EXISTS fence`);
  await other.runBatch(`CREATE TABLE "ro""ws" ("$i'd" ${KEY} NOT NULL PRIMARY KEY, owner ${KEY}, "a b" nvarchar(max),
    n decimal(38,10), at datetime2(3), own uniqueidentifier, old varchar(20), "$changed" datetime2(3))`);
  await other.runBatch('CREATE TABLE fence (id int, writes int)');
  await other.runBatch('INSERT INTO fence VALUES (1, 0)');
});

const column = (name: string, type: string) => ({ name, type, storage: engine.types.storageOf(type, null) });
const table = (): UpsertTable => ({
  name: 'ro"ws',
  columns: [
    column("$i'd", KEY),
    column('owner', KEY),
    column('a b', TEXT),
    column('n', 'decimal(38,10)'),
    column('own', 'uniqueidentifier'),
    column('at', 'datetime2(3)'),
    column('old', 'varchar(20) COLLATE Latin1_General_CI_AS'),
  ],
  ownerIndex: 1,
  changed: column('$changed', 'datetime2(3)'),
});
const row = (id: string, owner: string, text: string | null, n: Cell = null, at: Cell = null): Cell[] => [
  id,
  owner,
  text,
  n,
  null,
  at,
  null,
];
const batch = (rows: readonly (readonly Cell[])[], more: Partial<UpsertBatch> = {}, target = table()): UpsertBatch => ({
  ...NO_MORE,
  rows: [{ table: target, rows }],
  ...more,
});
const stored = async (columns = `"$i'd", owner, "a b"`) =>
  (await other.runBatch(`SELECT ${columns} FROM "ro""ws" ORDER BY "$i'd"`)).rows;
const CHANGED = `CAST("$changed" AS nvarchar(30))`;
const fence = (id: number): Guard => ({
  query: CompiledQuery.raw('UPDATE fence SET writes = writes + 1 WHERE id = @1', [id]),
  meets: 'changed',
});

describe('rows', () => {
  it('counts inserted, updated and unchanged rows, and tells whose changed', async () => {
    const watched = new Set(['a', 'b']);
    const rows = [row('1', 'a', 'x', 1), row('2', 'b', 'y', '1.10', '2026-01-02T03:04:05.678Z')];
    expect(await session.upsert(batch(rows, { watched }), options)).toEqual({
      committed: true,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      touched: watched,
    });
    const before = await stored(CHANGED);
    const next = [rows[0] ?? [], row('2', 'b', 'z', '1.1', '2026-01-02T03:04:05.678Z'), row('3', 'c', null)];
    expect(await session.upsert(batch(next, { watched }), options)).toEqual({
      committed: true,
      inserted: 1,
      updated: 1,
      unchanged: 1,
      touched: new Set(['b']),
    });
    const after = await stored(CHANGED);
    expect(after[0]).toEqual(before[0]);
    expect(String(after[1]?.[0]) > String(before[1]?.[0])).toBe(true);
  });

  it.each([
    ['abc', 'ABC'],
    ['abc', 'abc '],
    ['abc ', 'abc'],
    ['', ' '],
    ['é', 'e\u0301'],
    ['ß', 'ss'],
    ['', null],
    [null, ''],
    ['ﬀ', 'ff'],
  ])('writes a change of text from %j to %j, which the collation may not see', async (from, to) => {
    await session.upsert(batch([row('1', 'a', from)]), options);
    expect(await session.upsert(batch([row('1', 'a', from)]), options)).toMatchObject({ unchanged: 1 });
    expect(await session.upsert(batch([row('1', 'a', to)]), options)).toMatchObject({ updated: 1 });
    expect(await stored('"a b"')).toEqual([[to]]);
  });

  it('tells ids apart that differ in case, and leaves a column of an unknown type alone', async () => {
    await session.upsert(batch([row('Ab', 'a', 'x'), row('aB', 'a', 'y')]), options);
    await other.runBatch(`UPDATE "ro""ws" SET own = '6F9619FF-8B86-D011-B42D-00C04FC964FF'`);
    await session.upsert(batch([row('Ab', 'a', 'z')]), options);
    expect(await stored(`"$i'd", "a b", own`)).toEqual([
      ['Ab', 'z', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
      ['aB', 'y', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
    ]);
  });

  it('R18 takes no row from another owner, names the key and commits nothing', async () => {
    await other.runBatch(`INSERT INTO "ro""ws" ("$i'd", owner) VALUES (N'1', N'theirs'), (N'2', NULL)`);
    const ours = ['0', '1', '2'].map((id) => row(id, 'ours', null));
    const taken = { committed: false, because: 'owner', taken: [{ key: '1' }] };
    expect(await session.upsert(batch(ours), options)).toMatchObject(taken);
    expect(await session.upsert(batch(ours, { seemsNew: true }), options)).toMatchObject(taken);
    expect(await stored()).toEqual([
      ['1', 'theirs', null],
      ['2', null, null],
    ]);
  });

  it('finds out that rows which seemed new are there, and goes on as ever', async () => {
    const rows = [row('1', 'a', 'x')];
    expect(await session.upsert(batch(rows, { seemsNew: true }), options)).toMatchObject({ inserted: 1 });
    const more = [...rows, row('2', 'a', 'y')];
    const mixed = await session.upsert(batch(more, { seemsNew: true }), options);
    expect(mixed).toMatchObject({ committed: true, inserted: 1, updated: 0, unchanged: 1 });
  });

  it('follows a table that got another column', async () => {
    await session.upsert(batch([row('1', 'a', 'x')]), options);
    await other.runBatch(`ALTER TABLE "ro""ws" ADD late nvarchar(max)`);
    const wider = { ...table(), columns: [...table().columns, column('late', TEXT)] };
    await session.upsert(batch([[...row('1', 'a', 'x'), 'new']], {}, wider), options);
    expect(await stored('late')).toEqual([['new']]);
  });
});

describe('transaction', () => {
  it('R10 commits nothing when a guard meets no row, and the statements with the rows when all do', async () => {
    const statements = [CompiledQuery.raw('INSERT INTO fence VALUES (@1, @2)', [7, 3])];
    const select = (id: number): Guard => ({
      query: CompiledQuery.raw('SELECT id FROM fence WITH (REPEATABLEREAD) WHERE id = @1', [id]),
      meets: 'returned',
    });
    const missed = { committed: false, because: 'guard' };
    for (const guards of [
      [fence(1), fence(2)],
      [select(2), fence(1)],
    ]) {
      expect(await session.upsert(batch([row('1', 'a', 'x')], { statements, guards }), options)).toEqual(missed);
    }
    expect(await stored()).toEqual([]);
    const guards = [select(1), fence(1)];
    expect(await session.upsert(batch([row('1', 'a', 'x')], { statements, guards }), options)).toMatchObject({
      committed: true,
    });
    expect((await other.runBatch('SELECT id, writes FROM fence ORDER BY id')).rows).toEqual([
      [1, 1],
      [7, 3],
    ]);
  });

  it('R12 holds no lock after a guard missed, and leaves nothing staged', async () => {
    await session.upsert(batch([row('1', 'a', 'x')], { guards: [fence(2)] }), options);
    await other.runBatch('SET LOCK_TIMEOUT 1000; UPDATE fence SET writes = 5');
    await session.upsert(batch([row('2', 'b', 'x')]), options);
    expect(await stored('"a b"')).toEqual([['x']]);
  });

  it('says refused and not committed of a row that a constraint refuses', async () => {
    await other.runBatch(`ALTER TABLE "ro""ws" ADD CHECK (n < 10)`);
    const error = await session.upsert(batch([row('1', 'a', 'x', 11)]), options).catch((failure: unknown) => failure);
    expect(isSinkError(error)).toBe(true);
    expect(error).toMatchObject({ code: 'MSSQL_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed' });
    expect(await session.upsert(batch([row('1', 'a', 'x', 9)]), options)).toMatchObject({ inserted: 1 });
  });

  it('undoes all where a trigger of the customer raises an error, even one that ends nothing', async () => {
    await other.runBatch(`CREATE TRIGGER noisy ON "ro""ws" AFTER INSERT AS RAISERROR ('no', 16, 1)`);
    const error = await session.upsert(batch([row('1', 'a', 'x')]), options).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'MSSQL_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed' });
    expect(await stored()).toEqual([]);
  });
});
