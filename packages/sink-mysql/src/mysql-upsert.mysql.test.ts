import { isSinkError } from '@dbsync/core/contract';
import type { Cell, EngineSession, Guard, SqlEngine, UpsertBatch, UpsertTable } from '@dbsync/sql';
import { CompiledQuery } from 'kysely';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';

const options = { signal: new AbortController().signal };
const NO_MORE = { statements: [], guards: [], watched: new Set<string>() };
/** Both ways of sending rows, on both servers. */
const LEGS = MYSQL_STARTERS.flatMap(([product, start]) =>
  (['ON', 'OFF'] as const).map((localInfile) => ({ product, localInfile, start })),
);

describe.each(LEGS)('$product with local_infile $localInfile', ({ localInfile, start }) => {
  let server: MysqlServer;
  let engine: SqlEngine;
  let session: EngineSession;
  let other: Connection;

  beforeAll(async () => {
    server = await start({ settings: { local_infile: localInfile, max_allowed_packet: '1M' } });
    const url = await server.createDatabase();
    engine = createMysqlEngine(readAddress(serverTarget(url)));
    session = await engine.connect(options);
    other = await createConnection({ uri: url, multipleStatements: true, dateStrings: true });
    await other.query("SET SESSION time_zone = '+00:00'");
  });
  afterAll(async () => {
    await session.close();
    await other.end();
    await server.stop();
  });
  beforeEach(async () => {
    const [key, text] = [engine.types.declare('key', 'native'), engine.types.declare('text', 'native')];
    await other.query(`DROP TABLE IF EXISTS \`ro\`\`ws\`, fence;
      CREATE TABLE \`ro\`\`ws\` (\`$i'd\` ${key} PRIMARY KEY, owner ${key}, \`a ?\` ${text}, n decimal(20,2), own json, at datetime(3), folded varchar(20) CHARACTER SET latin1, padded varchar(20) COLLATE utf8mb4_bin, \`$changed\` datetime(3));
      CREATE TABLE fence (id int, writes int); INSERT INTO fence VALUES (1, 0)`);
  });

  const column = (name: string, type: string) => ({ name, type, storage: engine.types.storageOf(type, null) });
  const table = (): UpsertTable => ({
    name: 'ro`ws',
    columns: [
      column("$i'd", engine.types.declare('key', 'native')),
      column('owner', engine.types.declare('key', 'native')),
      column('a ?', engine.types.declare('text', 'native')),
      column('n', 'decimal(20,2)'),
      column('own', 'json'),
      column('at', 'datetime(3)'),
      column('folded', 'varchar(20) character set latin1 collate latin1_swedish_ci'),
      column('padded', 'varchar(20) character set utf8mb4 collate utf8mb4_bin'),
    ],
    ownerIndex: 1,
    changed: column('$changed', 'datetime(3)'),
  });
  const row = (id: string, owner: string, text: Cell, n: Cell = null, at: Cell = null): Cell[] => [
    id,
    owner,
    text,
    n,
    null,
    at,
  ];
  const batch = (
    rows: readonly (readonly Cell[])[],
    more: Partial<UpsertBatch> = {},
    target = table(),
  ): UpsertBatch => ({
    ...NO_MORE,
    rows: [{ table: target, rows }],
    ...more,
  });
  const stored = async () => (await other.query<RowDataPacket[]>('SELECT * FROM `ro``ws` ORDER BY 1'))[0];
  const fence = (value: number): Guard => ({
    query: CompiledQuery.raw('UPDATE fence SET writes = writes + 1 WHERE id = ?', [value]),
    meets: 'changed',
  });
  const failed = (error: unknown) => {
    expect(isSinkError(error)).toBe(true);
    return error;
  };

  describe('rows', () => {
    it('counts inserted, updated and unchanged rows, and tells whose changed', async () => {
      const rows = [row('1', 'a', 'x', 1), row('2', 'b', 'y', '1.10', '2026-01-02T03:04:05.678Z')];
      const watched = new Set(['a', 'b']);
      expect(await session.upsert(batch(rows, { watched }), options)).toEqual({
        committed: true,
        inserted: 2,
        updated: 0,
        unchanged: 0,
        touched: watched,
      });
      const before = await stored();
      const next = [row('1', 'a', 'x', 1), row('2', 'b', 'z', '1.1', '2026-01-02T03:04:05.678Z'), row('3', 'c', null)];
      expect(await session.upsert(batch(next, { watched }), options)).toEqual({
        committed: true,
        inserted: 1,
        updated: 1,
        unchanged: 1,
        touched: new Set(['b']),
      });
      const after = await stored();
      expect(after[0]).toEqual(before[0]);
      expect(after[1]?.$changed > before[1]?.$changed).toBe(true);
      expect(after[1]).toMatchObject({ 'a ?': 'z', at: '2026-01-02 03:04:05.678', n: '1.10' });
    });

    it('sees a change that a collation does not see', async () => {
      const change = async (folded: string, padded: string) =>
        session.upsert(batch([[...row('1', 'a', 'x'), folded, padded]]), options);
      await change('Abc', 'abc');
      expect(await change('abc', 'abc')).toMatchObject({ inserted: 0, updated: 1 });
      expect(await change('abc', 'abc ')).toMatchObject({ updated: 1 });
      expect(await change('abc ', 'abc ')).toMatchObject({ updated: 1 });
      expect(await change('abc ', 'abc ')).toMatchObject({ unchanged: 1 });
      expect(await stored()).toMatchObject([{ folded: 'abc ', padded: 'abc ' }]);
    });

    it('keeps every text as it is, however long', async () => {
      const texts = ['\\', '\\N', '\\.', '\t\n\r\b\0\x1a', '\'"`?', '😀', '', ' ', 'NULL', 'ä\\\n'.repeat(100_000)];
      const rows = texts.map((text, nr) => row(`${nr}`, 'a', text));
      expect(await session.upsert(batch(rows), options)).toMatchObject({ inserted: texts.length });
      expect((await stored()).map((found) => found['a ?'])).toEqual(texts);
      expect(await session.upsert(batch(rows), options)).toMatchObject({ unchanged: texts.length });
    });

    it('leaves a column of an unknown type alone', async () => {
      await session.upsert(batch([row('1', 'a', 'x')]), options);
      await other.query(`UPDATE \`ro\`\`ws\` SET own = '{"by": "the customer"}'`);
      await session.upsert(batch([row('1', 'a', 'y')]), options);
      const { own, ...rest } = (await stored())[0] as RowDataPacket;
      expect(rest).toMatchObject({ 'a ?': 'y' });
      expect(typeof own === 'string' ? JSON.parse(own) : own).toEqual({ by: 'the customer' });
    });

    it('R18 takes no row from another owner, names the key and commits nothing', async () => {
      await other.query("INSERT INTO `ro``ws` (`$i'd`, owner) VALUES ('1', 'theirs'), ('2', NULL)");
      const answer = await session.upsert(batch(['0', '1', '2'].map((id) => row(id, 'ours', null))), options);
      expect(answer).toMatchObject({ committed: false, because: 'owner', taken: [{ key: '1' }] });
      expect(await stored()).toMatchObject([
        { "$i'd": '1', owner: 'theirs' },
        { "$i'd": '2', owner: null },
      ]);
    });

    it('finds out that rows which seemed new are there, and goes on as ever', async () => {
      const rows = [row('1', 'a', 'x', 1)];
      const fresh = await session.upsert(batch(rows, { seemsNew: true }), options);
      expect(fresh).toMatchObject({ committed: true, inserted: 1, updated: 0, unchanged: 0 });
      const more = [...rows, row('2', 'a', 'y', 2)];
      const mixed = await session.upsert(batch(more, { seemsNew: true }), options);
      expect(mixed).toMatchObject({ committed: true, inserted: 1, updated: 0, unchanged: 1 });
      await other.query("UPDATE `ro``ws` SET owner = 'theirs' WHERE `$i'd` = '1'");
      const taken = await session.upsert(batch(more, { seemsNew: true }), options);
      expect(taken).toMatchObject({ committed: false, because: 'owner', taken: [{ key: '1' }] });
    });

    it('follows a table that got another column', async () => {
      await session.upsert(batch([row('1', 'a', 'x')]), options);
      await other.query('ALTER TABLE `ro``ws` ADD COLUMN late longtext');
      const late = column('late', engine.types.declare('text', 'native'));
      const wider = { ...table(), columns: [...table().columns, late] };
      await session.upsert(batch([[...row('1', 'a', 'x'), null, null, 'new']], {}, wider), options);
      expect(await stored()).toMatchObject([{ late: 'new' }]);
    });

    it('tells the sort of a value that does not fit, instead of storing what is near it', async () => {
      const error = await session.upsert(batch([row('1', 'a', 'x', '1234567890123456789.5')]), options).catch(failed);
      expect(error).toMatchObject({ code: 'MYSQL_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed' });
      expect(await stored()).toEqual([]);
    });
  });

  describe('transaction', () => {
    it('R10 commits nothing when a guard meets no row, and the statements with the rows when all do', async () => {
      const statements = [CompiledQuery.raw('INSERT INTO fence VALUES (?, ?)', [7, 3])];
      const rows = [row('1', 'a', 'x', 1)];
      const select = {
        query: CompiledQuery.raw('SELECT id FROM fence WHERE id = 1 LOCK IN SHARE MODE'),
        meets: 'returned',
      } as const;
      const none = { ...select, query: CompiledQuery.raw('SELECT id FROM fence WHERE id = 9 LOCK IN SHARE MODE') };
      for (const guards of [
        [fence(1), fence(2)],
        [none, fence(1)],
      ]) {
        expect(await session.upsert(batch(rows, { statements, guards }), options)).toEqual({
          committed: false,
          because: 'guard',
        });
      }
      expect(await stored()).toEqual([]);
      expect(await session.upsert(batch(rows, { statements, guards: [fence(1), select] }), options)).toMatchObject({
        committed: true,
      });
      expect(await stored()).toHaveLength(1);
      expect((await other.query('SELECT * FROM fence ORDER BY id'))[0]).toEqual([
        { id: 1, writes: 1 },
        { id: 7, writes: 3 },
      ]);
    });

    it('R12 holds no lock after a guard missed, and leaves nothing staged', async () => {
      await session.upsert(batch([row('1', 'a', 'x')], { guards: [fence(2)] }), options);
      await other.query(
        "SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1; ALTER TABLE fence ADD x int; INSERT INTO `ro``ws` (`$i'd`) VALUES ('1'); DELETE FROM `ro``ws`",
      );
      await session.upsert(batch([row('2', 'b', 'x')]), options);
      expect(await stored()).toMatchObject([{ "$i'd": '2' }]);
    });

    it('R12 holds no lock after an error, which ends the transaction', async () => {
      await other.query('ALTER TABLE `ro``ws` ADD CHECK (n < 10)');
      const error = await session.upsert(batch([row('1', 'a', 'x', 1), row('2', 'a', 'x', 11)]), options).catch(failed);
      expect(error).toMatchObject({ code: 'MYSQL_ROW_REFUSED', verdict: 'refused', outcome: 'not-committed' });
      await other.query("SET SESSION innodb_lock_wait_timeout = 1; INSERT INTO `ro``ws` (`$i'd`) VALUES ('1')");
      expect(await stored()).toHaveLength(1);
    });

    it('commits statements that are longer than a request may be', async () => {
      const bodies = Array.from({ length: 9 }, (_, nr) => `${nr}\\'`.repeat(100_000));
      const statements = bodies.map((body, nr) =>
        CompiledQuery.raw("INSERT INTO `ro``ws` (`$i'd`, owner, `a ?`) VALUES (?, ?, ?)", [`${nr}`, '?', body]),
      );
      await session.upsert({ ...NO_MORE, rows: [], statements }, options);
      expect((await stored()).map((found) => [found["$i'd"], found.owner, found['a ?']])).toEqual(
        bodies.map((body, nr) => [`${nr}`, '?', body]),
      );
    });

    it('commits statements alone, and a batch of nothing', async () => {
      const statements = [CompiledQuery.raw('INSERT INTO fence VALUES (?, ?)', [8, 3])];
      const nothing = { inserted: 0, updated: 0, unchanged: 0 };
      expect(await session.upsert({ ...NO_MORE, rows: [], statements }, options)).toMatchObject(nothing);
      expect(await session.upsert({ ...NO_MORE, rows: [] }, options)).toMatchObject(nothing);
      expect((await other.query('SELECT id FROM fence WHERE id = 8'))[0]).toEqual([{ id: 8 }]);
    });
  });
});
