import type { EngineSession, SqlEngine } from '@dbsync/sql';
import { CompiledQuery, sql } from 'kysely';
import { type Connection, createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';
import { createMysqlEngine } from './mysql-engine.js';

const options = { signal: new AbortController().signal };

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  let engine: SqlEngine;
  let session: EngineSession;
  let other: Connection;
  beforeAll(async () => {
    const url = await createTestDatabase(product);
    engine = createMysqlEngine(readAddress(serverTarget(url)));
    session = await engine.connect(options);
    other = await createConnection({ uri: url, multipleStatements: true });
  });
  afterAll(async () => {
    await session.close();
    await other.end();
  });

  const describeTable = (table: string) => session.schema.describe(table, options);
  const typeOf = async (table: string, column: string) =>
    (await describeTable(table))?.columns.find(({ name }) => name === column)?.type;

  it('spells each type that it declares as it describes it, so that the two compare', async () => {
    const kinds = ['key', 'text', 'instant', 'number', 'boolean'] as const;
    const declared = kinds.map((kind) => ({ name: kind, type: engine.types.declare(kind, 'native') }));
    const columns = declared.map(({ name, type }) => `\`${name}\` ${type}`).join(', ');
    await session.schema.alter(CompiledQuery.raw(`CREATE TABLE declared (${columns})`), options);
    expect((await describeTable('declared'))?.columns).toEqual(declared);
    expect(kinds.map((kind) => engine.types.declare(kind, 'text'))).toEqual([
      declared[0]?.type,
      ...Array(4).fill(declared[1]?.type),
    ]);
    expect(engine.types.declare('integer', 'text')).toBe('bigint');
  });

  it('describes keys, indexes and foreign keys of hostile names, and nothing of other databases', async () => {
    await other.query(`CREATE TABLE parent (id varchar(50) PRIMARY KEY, b int, KEY (id, b));
      CREATE TABLE \`Odd \`\`'one\` (\`a'b\` varchar(7) UNIQUE, b varchar(50), c varchar(9), t text, KEY (c, b), UNIQUE (b, c), UNIQUE (t(9)), FULLTEXT (t),
        FOREIGN KEY (b) REFERENCES parent (id), computed int AS (length(c)))`);
    const described = await describeTable("Odd `'one");
    expect(described?.columns.map(({ name }) => name)).toEqual(["a'b", 'b', 'c', 't', 'computed']);
    expect(described?.columns[0]?.type).toMatch(/^varchar\(7\) character set utf8mb4 collate \w+$/);
    expect(described?.uniqueKeys.toSorted()).toEqual([["a'b"], ['b', 'c']]);
    expect(described?.indexes.toSorted()).toEqual([["a'b"], ['b', 'c'], ['c', 'b'], ['t'], ['t']]);
    expect(described?.foreignKeys).toMatchObject([{ column: 'b', table: 'parent', isCopy: false }]);
    expect(engine.types.storageOf(described?.columns[4]?.type ?? '', null)).toEqual({ holds: 'unknown' });
    expect(await describeTable("odd `'one")).toBeNull();
    expect(await describeTable('user')).toBeNull();
    expect(await session.schema.listTables(options)).toEqual(expect.arrayContaining(['parent', "Odd `'one"]));
    expect(await session.schema.listTables(options)).not.toContain('user');
  });

  it('R21 widens columns online, and gives up on a locked table within seconds', async () => {
    await other.query("CREATE TABLE narrow (v varchar(3), w varchar(3)); INSERT INTO narrow VALUES ('abc', 'd')");
    await other.query('LOCK TABLES narrow WRITE');
    const columns = ['v', 'w'].map((name) => ({ name, type: engine.types.declare('text', 'native') }));
    const refused = await session.schema.widen('narrow', columns, options).catch(engine.toSinkError);
    expect(refused).toMatchObject({ code: 'MYSQL_BUSY', verdict: 'retryable', outcome: 'not-committed' });
    await other.query('UNLOCK TABLES');
    await session.schema.widen('narrow', columns, options);
    expect((await describeTable('narrow'))?.columns).toEqual(columns);
    expect((await other.query('SELECT * FROM narrow'))[0]).toEqual([{ v: 'abc', w: 'd' }]);
  });

  it('gives a connection its settings back after a change of tables', async () => {
    const show = sql<{ s: number }>`SELECT @@lock_wait_timeout + @@foreign_key_checks AS s`;
    const before = (await show.execute(session.db, options)).rows;
    const failing = session.schema.alter(CompiledQuery.raw('ALTER TABLE nowhere ADD x int'), options);
    await expect(failing).rejects.toMatchObject({ errno: 1146 });
    expect(before).toEqual([{ s: 31 }]);
    for (let nr = 0; nr < 3; nr += 1) expect((await show.execute(session.db, options)).rows).toEqual(before);
  });

  it('keeps all else of a column that grows wider: NOT NULL, its default, its comment, its place', async () => {
    await other.query(
      `CREATE TABLE kept (a varchar(3) NOT NULL DEFAULT 'o''x', b varchar(3) DEFAULT NULL, c varchar(3) NOT NULL COMMENT 'it''s', z int)`,
    );
    const type = engine.types.declare('text', 'native');
    await session.schema.widen(
      'kept',
      ['a', 'b', 'c'].map((name) => ({ name, type })),
      options,
    );
    await other.query("INSERT INTO kept (c) VALUES ('')");
    expect((await other.query('SELECT * FROM kept'))[0]).toEqual([{ a: "o'x", b: null, c: '', z: null }]);
    await expect(other.query("INSERT INTO kept (a, c) VALUES (NULL, '')")).rejects.toMatchObject({ errno: 1048 });
    const [comments] = await other.query(
      "SELECT column_comment AS is_said FROM information_schema.columns WHERE table_schema = database() AND table_name = 'kept' AND column_name = 'c'",
    );
    expect(comments).toEqual([{ is_said: "it's" }]);
  });

  const exactKeys = (table: string, ...columns: string[]) => {
    const type = engine.types.declare('key', 'native');
    return session.schema.widen(
      table,
      columns.map((name) => ({ name, type })),
      options,
    );
  };

  it('makes keys of tables of earlier times exact, whatever their engine and format', async () => {
    await other.query(`CREATE TABLE compact (id varchar(50) NOT NULL, md5 varchar(50), KEY (id, md5)) ENGINE = InnoDB ROW_FORMAT = COMPACT CHARACTER SET utf16;
      CREATE TABLE plain (id varchar(50) NOT NULL) ENGINE = MyISAM CHARACTER SET latin1;
      INSERT INTO compact VALUES ('a', 'm'); INSERT INTO plain VALUES ('x')`);
    for (const table of ['compact', 'plain']) {
      await exactKeys(table, 'id');
      expect(await typeOf(table, 'id')).toBe(engine.types.declare('key', 'native'));
      await other.query(`ALTER TABLE ${table} ADD UNIQUE (id); INSERT INTO ${table} (id) VALUES ('A'), ('a '), ('X')`);
    }
    const [engines] = await other.query(
      "SELECT DISTINCT engine AS engine FROM information_schema.tables WHERE table_schema = database() AND table_name IN ('compact', 'plain')",
    );
    expect(engines).toEqual([{ engine: 'InnoDB' }]);
  });

  it('makes keys exact that a foreign key refers to, or names the one that stands in the way', async () => {
    await other.query(`CREATE TABLE meant (id varchar(50) PRIMARY KEY) CHARACTER SET utf16;
      CREATE TABLE refers (id varchar(50), CONSTRAINT theirs FOREIGN KEY (id) REFERENCES meant (id)) CHARACTER SET utf16;
      INSERT INTO meant VALUES ('a'); INSERT INTO refers VALUES ('a')`);
    if (product === 'mariadb') {
      const refused = await exactKeys('meant', 'id').catch(engine.toSinkError);
      const error = {
        code: 'MYSQL_FOREIGN_KEY_IN_WAY',
        verdict: 'fatal',
        message: expect.stringContaining("'theirs'"),
      };
      expect(refused).toMatchObject(error);
      await other.query('ALTER TABLE refers DROP FOREIGN KEY theirs');
    }
    await exactKeys('meant', 'id');
    await exactKeys('refers', 'id');
    if (product === 'mariadb') await other.query('ALTER TABLE refers ADD FOREIGN KEY (id) REFERENCES meant (id)');
    expect((await describeTable('refers'))?.foreignKeys).toMatchObject([{ column: 'id' }]);
    await expect(other.query("INSERT INTO refers VALUES ('A')")).rejects.toMatchObject({ errno: 1452 });
  });

  it('R13 the clock of leases is that of the statement, whenever its transaction began', async () => {
    const clock = sql<{ ms: number }>`SELECT ${engine.types.clockMs} AS ms`;
    const ms = await session.db.transaction().execute(async (transaction) => {
      const before = await clock.execute(transaction);
      await sql`SELECT sleep(0.01)`.execute(transaction);
      return [before, await clock.execute(transaction)].map(({ rows }) => Number(rows[0]?.ms));
    });
    expect(ms[1]).toBeGreaterThan(ms[0] ?? Number.NaN);
    expect(Math.abs(Date.now() - (ms[1] ?? 0))).toBeLessThan(60_000);
  });
});
