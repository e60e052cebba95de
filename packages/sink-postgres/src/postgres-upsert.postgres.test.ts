import { isSinkError } from '@dbsync/core/contract';
import type { Cell, EngineSession, Guard, SqlEngine, UpsertBatch, UpsertTable } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/harness/servers/postgres-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './postgres-address.js';
import { createPostgresEngine } from './postgres-engine.js';

const options = { signal: new AbortController().signal };
const NO_MORE = { statements: [], guards: [], watched: new Set<string>() };

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
beforeEach(async () => {
  await other.query(`DROP TABLE IF EXISTS "ro""ws", fence;
    CREATE TABLE "ro""ws" ("$i'd" text PRIMARY KEY, owner text, "a b" text, n numeric, at timestamptz(3), own json, "$changed" timestamptz(3));
    CREATE TABLE fence (id int, writes int); INSERT INTO fence VALUES (1, 0)`);
});

const table = (): UpsertTable => ({
  name: 'ro"ws',
  columns: [
    column("$i'd", 'text'),
    column('owner', 'text'),
    column('a b', 'text'),
    column('n', 'numeric'),
    column('own', 'json'),
    column('at', 'timestamp(3) with time zone'),
  ],
  ownerIndex: 1,
  changed: column('$changed', 'timestamp(3) with time zone'),
});
const column = (name: string, type: string) => ({ name, type, storage: engine.types.storageOf(type, null) });
const batch = (rows: readonly (readonly Cell[])[], more: Partial<UpsertBatch> = {}, target = table()): UpsertBatch => ({
  ...NO_MORE,
  rows: [{ table: target, rows }],
  ...more,
});
const stored = async () => (await other.query(`SELECT * FROM "ro""ws" ORDER BY 1`)).rows;
const fence = (value: number): Guard => ({
  query: CompiledQuery.raw('UPDATE public.fence SET writes = writes + 1 WHERE id = $1', [value]),
  meets: 'changed',
});
const failed = (error: unknown) => {
  expect(isSinkError(error)).toBe(true);
  return error;
};

describe('rows', () => {
  it('counts inserted, updated and unchanged rows, and tells whose changed', async () => {
    const rows: Cell[][] = [
      ['1', 'a', 'x', 1, null, null],
      ['2', 'b', 'y', '1.10', null, '2026-01-02T03:04:05.678Z'],
    ];
    const watched = new Set(['a', 'b']);
    expect(await session.upsert(batch(rows, { watched }), options)).toEqual({
      committed: true,
      inserted: 2,
      updated: 0,
      unchanged: 0,
      touched: watched,
      dropped: new Map(),
    });
    const before = await stored();
    const next: Cell[][] = [
      ['1', 'a', 'x', 1, null, null],
      ['2', 'b', 'z', '1.1', null, '2026-01-02T03:04:05.678Z'],
      ['3', 'c', null, null, null, null],
    ];
    expect(await session.upsert(batch(next, { watched }), options)).toEqual({
      committed: true,
      inserted: 1,
      updated: 1,
      unchanged: 1,
      touched: new Set(['b']),
      dropped: new Map(),
    });
    const after = await stored();
    expect(after[0]).toEqual(before[0]);
    expect(after[1].$changed.getTime()).toBeGreaterThan(before[1].$changed.getTime());
    expect(after[1]).toMatchObject({ 'a b': 'z', at: new Date('2026-01-02T03:04:05.678Z') });
  });

  it('leaves a column of an unknown type alone', async () => {
    await session.upsert(batch([['1', 'a', 'x', 1, null, null]]), options);
    await other.query(`UPDATE "ro""ws" SET own = '{"by": "the customer"}'`);
    await session.upsert(batch([['1', 'a', 'y', 1, null, null]]), options);
    expect(await stored()).toMatchObject([{ 'a b': 'y', own: { by: 'the customer' } }]);
  });

  it('R18 takes no row from another owner, names the key and commits nothing', async () => {
    await other.query(`INSERT INTO "ro""ws" VALUES ('1', 'theirs'), ('2', NULL)`);
    const answer = await session.upsert(
      batch([
        ['0', 'ours', null, null, null, null],
        ['1', 'ours', null, null, null, null],
        ['2', 'ours', null, null, null, null],
      ]),
      options,
    );
    expect(answer).toMatchObject({ committed: false, because: 'owner', taken: [{ key: '1' }] });
    expect(await stored()).toMatchObject([
      { "$i'd": '1', owner: 'theirs' },
      { "$i'd": '2', owner: null },
    ]);
  });

  it('finds out that rows which seemed new are there, and goes on as ever', async () => {
    const rows: Cell[][] = [['1', 'a', 'x', 1, null, null]];
    const fresh = await session.upsert(batch(rows, { seemsNew: true }), options);
    expect(fresh).toMatchObject({ committed: true, inserted: 1, updated: 0, unchanged: 0 });
    const more: Cell[][] = [...rows, ['2', 'a', 'y', 2, null, null]];
    const mixed = await session.upsert(batch(more, { seemsNew: true }), options);
    expect(mixed).toMatchObject({ committed: true, inserted: 1, updated: 0, unchanged: 1 });
    await other.query(`UPDATE "ro""ws" SET owner = 'theirs' WHERE "$i'd" = '1'`);
    const taken = await session.upsert(batch(more, { seemsNew: true }), options);
    expect(taken).toMatchObject({ committed: false, because: 'owner', taken: [{ key: '1' }] });
  });

  it('follows a table that got another column', async () => {
    await session.upsert(batch([['1', 'a', 'x', 1, null, null]]), options);
    await other.query(`ALTER TABLE "ro""ws" ADD COLUMN late text`);
    const wider = { ...table(), columns: [...table().columns, column('late', 'text')] };
    await session.upsert(batch([['1', 'a', 'x', 1, null, null, 'new']], {}, wider), options);
    expect(await stored()).toMatchObject([{ late: 'new' }]);
  });
});

describe('transaction', () => {
  it('R10 commits nothing when a guard meets no row, and the statements with the rows when all do', async () => {
    const statements = [CompiledQuery.raw(`INSERT INTO public.fence VALUES ($1, $2)`, [7, 3])];
    const rows: Cell[][] = [['1', 'a', 'x', 1, null, null]];
    const select = {
      query: CompiledQuery.raw('SELECT id FROM public.fence WHERE id = 1 FOR SHARE'),
      meets: 'returned',
    } as const;
    expect(await session.upsert(batch(rows, { statements, guards: [fence(1), fence(2)] }), options)).toEqual({
      committed: false,
      because: 'guard',
    });
    expect(await stored()).toEqual([]);
    expect(await session.upsert(batch(rows, { statements, guards: [fence(1), select] }), options)).toMatchObject({
      committed: true,
    });
    expect(await stored()).toHaveLength(1);
    expect((await other.query('SELECT * FROM fence ORDER BY id')).rows).toEqual([
      { id: 1, writes: 1 },
      { id: 7, writes: 3 },
    ]);
  });

  it('R12 holds no lock after a guard missed, and leaves nothing staged', async () => {
    await session.upsert(batch([['1', 'a', 'x', 1, null, null]], { guards: [fence(2)] }), options);
    await other.query(
      `SET lock_timeout = '1s'; LOCK TABLE "ro""ws", fence IN ACCESS EXCLUSIVE MODE; RESET lock_timeout`,
    );
    await session.upsert(batch([['2', 'b', 'x', 1, null, null]]), options);
    expect(await stored()).toMatchObject([{ "$i'd": '2' }]);
  });

  it('says refused and not committed of a row that a constraint refuses', async () => {
    await other.query(`ALTER TABLE "ro""ws" ADD CHECK (n < 10)`);
    const error = await session.upsert(batch([['1', 'a', 'x', 11, null, null]]), options).catch(failed);
    expect(error).toMatchObject({ code: 'POSTGRES_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed' });
  });
});
