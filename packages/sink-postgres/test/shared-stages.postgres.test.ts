import type { Cell, UpsertTable } from '@dbsync/sql';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { closeServer, connect, engineOf, openServer, options, server } from './sharing-sinks.ts';

beforeEach(openServer);
afterEach(closeServer);

/** Makes a table, and returns it as a batch names it. `extra`: a column that others do not have. `type`: that of the values. */
async function makeTable(name: string, extra?: string, type = 'text'): Promise<UpsertTable> {
  const names = ['value', ...(extra === undefined ? [] : [extra])];
  const definitions = names.map((each) => `${each} ${type}`).join(', ');
  await server.admin.query(`CREATE TABLE ${name} (id text PRIMARY KEY, ${definitions}, changed timestamptz(3))`);
  const column = (called: string, its: string) => ({
    name: called,
    type: its,
    storage: engineOf(sinkShare()).types.storageOf(its, null),
  });
  const columns = [column('id', 'text'), ...names.map((each) => column(each, type))];
  return { name, columns, ownerIndex: null, changed: column('changed', 'timestamp(3) with time zone') };
}

const rest = { statements: [], guards: [], watched: new Set<string>() };
const STAGES = "SELECT oid, relnamespace FROM pg_class WHERE relname LIKE 'dbsync_stage_%' ORDER BY oid";

it('keeps the stages of many campaigns whose tables differ by their prefix', async () => {
  const session = await connect(sinkShare(4));
  const campaigns: UpsertTable[][] = [];
  for (let nr = 0; nr < 40; nr += 1) {
    const tables = [await makeTable(`c${nr}_contacts`, `own_${nr}`)];
    for (const kind of ['a', 'b']) tables.push(await makeTable(`c${nr}_${kind}`, kind));
    campaigns.push(tables);
  }
  const writeAll = async (value: string) => {
    for (const tables of campaigns) {
      const rows = tables.map((table) => ({ table, rows: [['1', value, value]] }));
      expect(await session.upsert({ ...rest, rows }, options)).toMatchObject({ committed: true });
    }
  };
  await writeAll('first');
  const before = (await server.admin.query(STAGES)).rows;
  expect(before).toHaveLength(120);
  await writeAll('second');
  expect((await server.admin.query(STAGES)).rows).toEqual(before);
  expect((await server.admin.query('SELECT value FROM c7_a')).rows).toEqual([{ value: 'second' }]);
});

it('keeps the rows of two tables with equal columns in one batch apart', async () => {
  const session = await connect(sinkShare(4));
  const tables = [await makeTable('one'), await makeTable('other')] as const;
  const rows = tables.map((table) => ({ table, rows: [['1', table.name]] }));
  expect(await session.upsert({ ...rest, rows }, options)).toMatchObject({ committed: true, inserted: 2 });
  const reversed = tables.toReversed().map((table) => ({ table, rows: [['2', table.name]] }));
  expect(await session.upsert({ ...rest, rows: reversed }, options)).toMatchObject({ committed: true, inserted: 2 });
  for (const { name } of tables) {
    const { rows: found } = await server.admin.query(`SELECT id, value FROM ${name} ORDER BY id`);
    expect(found).toEqual(['1', '2'].map((id) => ({ id, value: name })));
  }
});

it('stores the values of a campaign whole, though another program narrowed the same column of another campaign', async () => {
  const share = sinkShare(4);
  const sessions = [await connect(share), await connect(share)] as const;
  const [own, others] = [await makeTable('own', undefined, 'numeric'), await makeTable('others', undefined, 'numeric')];
  const write = (session: (typeof sessions)[number], table: UpsertTable, id: string) =>
    session.upsert({ ...rest, rows: [{ table, rows: [[id, '1.7']] }] }, options);
  await write(sessions[0], own, 'before');
  await server.admin.query('ALTER TABLE others ALTER COLUMN value TYPE numeric(10,0)');
  await write(sessions[1], others, 'any');
  await write(sessions[0], own, 'after');
  const { rows } = await server.admin.query('SELECT id, value FROM own ORDER BY id');
  expect(rows).toEqual(['after', 'before'].map((id) => ({ id, value: '1.7' })));
});

it('writes the rows of each sink through its own stage, and keeps few of them', async () => {
  const share = sinkShare(4);
  const sessions = await Promise.all([1, 2, 3].map(() => connect(share)));
  const names = Array.from({ length: 130 }, (_, nr) => `rows_${nr}`);
  const tables = await Promise.all(names.map((name) => makeTable(name, name)));
  const writes = tables.flatMap((table) =>
    sessions.map((session, nr) => {
      const rows: Cell[][] = [[`${nr}`, table.name, null]];
      return session.upsert({ ...rest, rows: [{ table: { ...table }, rows }] }, options);
    }),
  );
  for (const answer of await Promise.all(writes)) expect(answer).toMatchObject({ committed: true, inserted: 1 });
  for (const name of names) {
    const { rows } = await server.admin.query(`SELECT id, value FROM ${name} ORDER BY id`);
    expect(rows).toEqual(['0', '1', '2'].map((id) => ({ id, value: name })));
  }
  const { rows } = await server.admin.query(`SELECT max(n)::int AS most FROM (
    SELECT count(*) AS n FROM pg_class WHERE relname LIKE 'dbsync_stage_%' GROUP BY relnamespace) AS counted`);
  expect(rows[0].most).toBeGreaterThan(10);
  expect(rows[0].most).toBeLessThanOrEqual(120);
});
