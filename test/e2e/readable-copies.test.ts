import { DatabaseSync } from 'node:sqlite';
import { startSimulator } from '@dbsync/simulator';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { COPY_TABLES } from '../harness/compare/stored-copy.ts';
import { loadStore } from '../harness/loaded-store.ts';
import { startRun } from '../harness/observed-run.ts';
import { type EngineName, openTargets } from '../harness/targets.ts';

/** Runs one query; returns its only number. */
type Count = (url: string, query: string) => Promise<number>;

const countInMysql: Count = async (url, query) => {
  const connection = await createConnection({ uri: url.replace(/^mariadb:/, 'mysql:') });
  const [rows] = await connection.query(query.replaceAll('"', '`'));
  await connection.end();
  return Number(Object.values((rows as readonly object[])[0] ?? {})[0]);
};

interface Reader {
  readonly count: Count;
  /** A condition that is true of a readable `$overflow`, and an error for one that the database cannot read. */
  readonly reads: string;
}

const READERS: Readonly<Partial<Record<EngineName, Reader>>> = {
  sqlite: {
    count: async (url, query) => {
      using database = new DatabaseSync(url.replace(/^sqlite:/, ''));
      return Number(Object.values(database.prepare(query).get() ?? {})[0]);
    },
    reads: 'json_valid("$overflow") AND instr("$overflow", char(0)) = 0',
  },
  postgres: {
    count: async (url, query) => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query(query);
      await client.end();
      return Number(Object.values(rows[0])[0]);
    },
    reads: `jsonb_typeof("$overflow"::jsonb) = 'object'`,
  },
  mariadb: { count: countInMysql, reads: 'json_valid("$overflow")' },
  mysql: { count: countInMysql, reads: `json_type(cast("$overflow" AS json)) = 'OBJECT'` },
};

for (const [engine, { count, reads }] of Object.entries(READERS)) {
  it(`${engine}: reads the $overflow of every row as JSON, whatever the API sent`, async () => {
    const simulator = await startSimulator({ contacts: 60, hostileEvery: 1 });
    onTestFinished(() => simulator.close());
    await using targets = await openTargets(engine as EngineName);
    await using target = await targets.create();
    await startRun({ simulator, store: await loadStore(target.url) }).done;
    let overflows = 0;
    for (const table of COPY_TABLES) {
      const from = `FROM mcall_${table} WHERE "$overflow" IS NOT NULL`;
      const all = await count(target.url, `SELECT count(*) ${from}`);
      expect(await count(target.url, `SELECT count(*) ${from} AND ${reads}`), table).toBe(all);
      overflows += all;
    }
    expect(overflows).toBeGreaterThan(60);
  });
}
