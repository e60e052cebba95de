import type { Cell, ColumnKind, UpsertTable } from '@dbsync/sql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MYSQL_STARTERS, type MysqlServer } from '../../../test/harness/servers/mysql-server.ts';
import { serverTarget } from '../../../test/harness/servers/server-target.ts';
import { readAddress } from './mysql-address.js';
import type { ServerConnection } from './mysql-connection.js';
import { createMysqlPool, type MysqlPool } from './mysql-pool.js';
import { mysqlTypes } from './mysql-types.js';
import { createUpsertStages } from './upsert-stages.js';

const { signal } = new AbortController();
const MEGABYTE = 1024 * 1024;
interface StagedRow {
  readonly a: string | null;
  readonly n: string | null;
  readonly b: number | null;
  readonly at: string | null;
}

/** Both ways of sending rows, on both servers. */
const LEGS = MYSQL_STARTERS.flatMap(([product, start]) =>
  (['ON', 'OFF'] as const).map((localInfile) => ({ product, localInfile, start })),
);

describe.each(LEGS)('$product with local_infile $localInfile', ({ product, localInfile, start }) => {
  const types = mysqlTypes(product);
  let server: MysqlServer;
  let pool: MysqlPool;
  beforeAll(async () => {
    server = await start({ settings: { local_infile: localInfile, max_allowed_packet: String(MEGABYTE) } });
    pool = createMysqlPool(readAddress(serverTarget(await server.createDatabase())), () => {});
  });
  afterAll(async () => {
    await pool.close();
    await server.stop();
  });

  const column = (name: string, kind: ColumnKind) => {
    const type = types.declare(kind, 'native');
    return { name, type, storage: types.storageOf(type, kind) };
  };
  const table: UpsertTable = {
    name: 'never made',
    columns: [
      column('nr', 'key'),
      { name: 'theirs', type: 'json', storage: { holds: 'unknown' } },
      column('a ?`', 'text'),
      column('n', 'number'),
      column('b', 'boolean'),
      column('at', 'instant'),
    ],
    ownerIndex: null,
    changed: column('changed', 'instant'),
  };
  const { fill } = createUpsertStages();

  /** Stages the rows and reads them back in their order. */
  const staged = (rows: readonly (readonly Cell[])[]) =>
    pool.use(signal, async (connection: ServerConnection) => {
      const { stage } = await fill(connection, { table, rows });
      return connection.query<StagedRow>(
        `SELECT \`a ?\`\`\` AS a, n, b, at FROM ${stage} ORDER BY cast(nr AS unsigned)`,
      );
    });

  /** Any text without halves of surrogate pairs. Characters that a parser could mistake come often. */
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\\', '\\.', '\\N', 'N', '\t', '\n', '\r', '\0', '\x1a', '\b', '\u2028', '😀', '"', "'", '', '?'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  const number = fc.constantFrom<[Cell, string | null]>(
    [null, null],
    [7, '7'],
    [-0, '0'],
    [-9_007_199_254_740_991, '-9007199254740991'],
    [1.5e-7, '0.00000015'],
    [1e21, '1000000000000000000000'],
    ['12345678901234567890.1000000001', '12345678901234567890.1000000001'],
  );
  const instant = fc
    .date({ min: new Date('1000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const row = fc.tuple(fc.option(text), number, fc.option(fc.boolean()), fc.option(instant));

  it('brings every cell back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const back = await staged(rows.map(([a, [n], b, at], nr) => [`${nr}`, 'left out', a, n, b, at]));
        expect(back.map(({ a, n, b, at }) => [a, n?.replace(/\.?0+$/, '') ?? null, b, at])).toEqual(
          rows.map(([a, [, n], b, at]) => [
            a,
            n,
            b === null ? null : Number(b),
            at?.replace('T', ' ').slice(0, -1) ?? null,
          ]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('takes more rows than one piece or statement has, and a text as long as a request may be', async () => {
    const rows = Array.from({ length: 5_000 }, (_, nr) => [
      `${nr}`,
      null,
      `row ${nr}`.padEnd(200, 'x'),
      null,
      null,
      null,
    ]);
    const long = 'ä'.repeat(450_000);
    const back = await staged([...rows, ['5000', null, long, null, null, null]]);
    expect(back.map(({ a }) => a)).toEqual([...rows.map(([, , a]) => a), long]);
  });

  it('says refused of a row that no request can carry, unless it need not be one', async () => {
    const rows = [['1', null, 'x'.repeat(2 * MEGABYTE), null, null, null]];
    if (localInfile === 'ON') expect((await staged(rows))[0]?.a).toHaveLength(2 * MEGABYTE);
    else {
      await expect(staged(rows)).rejects.toMatchObject({
        code: 'MYSQL_REQUEST_TOO_LONG',
        verdict: 'refused',
        message: expect.stringContaining('max_allowed_packet'),
      });
    }
  });

  it('fails when the rows cannot be read to their end', async () => {
    const rows = {
      length: 2,
      *[Symbol.iterator]() {
        yield ['1', null, 'x', null, null, null];
        throw new RangeError('no more rows');
      },
    };
    const fails = pool.use(signal, (connection) => fill(connection, { table, rows }));
    await expect(fails).rejects.toThrow('no more rows');
  });
});
