import type { Cell, UpsertTable } from '@dbsync/sql';
import type { RowDataPacket } from 'mysql2/promise';
import { describe, expect, it } from 'vitest';
import { MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { sinkShare } from '../../../test/harness/sink-share.ts';
import { mysqlTypes } from '../src/mysql-types.ts';
import { openShared, options, type SharedServer } from './sharing-sinks.ts';

const rest = { statements: [], guards: [], watched: new Set<string>() };

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  const { storageOf } = mysqlTypes(product);
  const column = (name: string, type: string) => ({ name, type, storage: storageOf(type, null) });
  const KEY = 'varchar(50) character set utf8mb4 collate utf8mb4_bin';

  /** Makes a table, and returns it as a batch names it. */
  async function makeTable({ admin }: SharedServer, name: string, type: string): Promise<UpsertTable> {
    await admin.query(
      `CREATE TABLE ${name} (id ${KEY} PRIMARY KEY, value ${type}, changed datetime(3)) ENGINE = InnoDB`,
    );
    const columns = [column('id', KEY), column('value', type)];
    return { name, columns, ownerIndex: null, changed: column('changed', 'datetime(3)') };
  }
  const rowsIn = async ({ admin }: SharedServer, table: string) =>
    (await admin.query<RowDataPacket[]>(`SELECT id, value FROM ${table} ORDER BY id`))[0];

  it('stores the values of a campaign whole, though another program narrowed the same column of another campaign', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    const sessions = [await server.connect(share), await server.connect(share)] as const;
    const [own, others] = [
      await makeTable(server, 'own', 'decimal(20,5)'),
      await makeTable(server, 'others', 'decimal(20,5)'),
    ];
    const write = (session: (typeof sessions)[number], table: UpsertTable, id: string) =>
      session.upsert({ ...rest, rows: [{ table, rows: [[id, '1.7']] }] }, options);
    await write(sessions[0], own, 'before');
    await server.admin.query('ALTER TABLE others MODIFY value decimal(10,0)');
    await write(sessions[1], { ...others, columns: [column('id', KEY), column('value', 'decimal(10,0)')] }, 'any');
    await write(sessions[0], own, 'after');
    expect(await rowsIn(server, 'own')).toEqual(['after', 'before'].map((id) => ({ id, value: '1.70000' })));
  });

  it('writes the rows of each sink through its own stage, and keeps few of them', async () => {
    await using server = await openShared(product);
    const share = sinkShare(4);
    const sessions = await Promise.all([1, 2].map(() => server.connect(share)));
    const names = Array.from({ length: 125 }, (_, nr) => `rows_${nr}`);
    for (const round of ['first', 'second']) {
      for (const name of names) {
        const table = round === 'first' ? await makeTable(server, name, KEY) : await tableOf(name);
        const writes = sessions.map((session, nr) => {
          const rows: Cell[][] = [[`${round} ${nr}`, name]];
          return session.upsert({ ...rest, rows: [{ table: { ...table }, rows }] }, options);
        });
        for (const answer of await Promise.all(writes)) expect(answer).toMatchObject({ committed: true, inserted: 1 });
      }
    }
    const ids = ['first 0', 'first 1', 'second 0', 'second 1'];
    for (const name of names) expect(await rowsIn(server, name)).toEqual(ids.map((id) => ({ id, value: name })));
  });

  async function tableOf(name: string): Promise<UpsertTable> {
    return {
      name,
      columns: [column('id', KEY), column('value', KEY)],
      ownerIndex: null,
      changed: column('changed', 'datetime(3)'),
    };
  }
});
