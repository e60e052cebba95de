import type { Guard, UpsertBatch, UpsertTable } from '@dbsync/sql';
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { CompiledQuery } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitBatch, type Way } from './commit-script.js';
import { createMssqlTypes } from './mssql-types.js';
import { upsertStatements } from './upsert-statements.js';

beforeAll(() => init());

const types = createMssqlTypes({ isBabelfish: false });
const column = (name: string, type: string) => ({ name, type, storage: types.storageOf(type, null) });
const TABLE: UpsertTable = {
  name: 'ro"ws',
  columns: [
    column('$i"d', 'nvarchar(255) COLLATE Latin1_General_100_BIN2'),
    column('owner', 'nvarchar(255) COLLATE Latin1_General_100_BIN2'),
    column('a b', 'nvarchar(max) COLLATE Latin1_General_CI_AS'),
    column('old', 'varchar(50) COLLATE Latin1_General_CI_AS'),
    column('n', 'decimal(38,10)'),
    column('own', 'xml'),
    column('at', 'datetime2(3)'),
  ],
  ownerIndex: 1,
  changed: column('$changed', 'datetime2(3)'),
};
const ALONE: UpsertTable = { ...TABLE, name: 'keys', columns: TABLE.columns.slice(0, 1), ownerIndex: null };
const STAGED = [upsertStatements(TABLE, '#dbsync_stage_1'), upsertStatements(ALONE, '#dbsync_stage_2')];
const GUARDS: readonly Guard[] = [
  {
    query: CompiledQuery.raw('select 1 as held from "map" WITH (REPEATABLEREAD) where v = @1', ['7']),
    meets: 'returned',
  },
  { query: CompiledQuery.raw('update "state" set "writes" = "writes" + @1', [1]), meets: 'changed' },
];

function batchText(way: Way, more: Partial<UpsertBatch> = {}): string {
  const statements = [CompiledQuery.raw('delete from "x" where "id" = @1', [`it's \\\nall`])];
  return commitBatch({ rows: [], statements, guards: GUARDS, watched: new Set(), ...more }, STAGED, way);
}

/** Parses a script. The parser knows neither the blocks of TRY and CATCH nor hints after a query. */
function parsed(text: string): number {
  const plain = text.replace(/^(?:BEGIN|END) (?:TRY|CATCH);?$/gm, '').replace(/ OPTION \([A-Z ,]+\)/g, '');
  return parse(plain, 'mssql').length;
}

describe('the transaction as one batch', () => {
  it.each<[Way, ReadonlySet<string>]>([
    ['insert', new Set()],
    ['upsert', new Set()],
    ['upsert', new Set(['a'])],
  ])('is T-SQL: by %s', (way, watched) => {
    const text = batchText(way, { watched });
    expect(parsed(text)).toBeGreaterThan(10);
    const blocks = text.match(/^(?:BEGIN|END) (?:TRY|CATCH)|^(?:BEGIN|COMMIT) TRANSACTION/gm);
    expect(blocks).toEqual([
      'BEGIN TRY',
      'BEGIN TRANSACTION',
      'COMMIT TRANSACTION',
      'END TRY',
      'BEGIN CATCH',
      'END CATCH',
    ]);
    expect(text.replaceAll(/"(?:[^"]|"")*"|N'(?:[^']|'')*'/g, '')).not.toMatch(/MERGE/i);
  });

  it('R12 commits what its guards let through, in the order rows, statements, guards', () => {
    const text = batchText('upsert');
    const order = [
      'INSERT INTO "ro""ws"',
      'UPDATE t SET',
      'INSERT INTO "keys"',
      'delete from "x"',
      '"map"',
      '"state"',
      'COMMIT',
    ];
    const places = order.map((words) => text.indexOf(words));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(text.match(/<> 1 THROW/g)).toHaveLength(2);
  });

  it('R14 changes no table and empties none', () => {
    expect(batchText('upsert')).not.toMatch(/\b(?:CREATE|ALTER|DROP|TRUNCATE)\b/i);
  });

  it('asks for owners only where they are watched, and for rows of others only where rows may be there', () => {
    expect(batchText('insert')).not.toMatch(/@owners|AS taken/);
    expect(batchText('upsert')).not.toMatch(/@owners/);
    expect(batchText('upsert')).toMatch(/IF EXISTS \(SELECT s\.c0 AS taken .*\) THROW/);
    expect(batchText('upsert', { watched: new Set(['a']) })).toMatch(
      /INSERT INTO @owners SELECT[^;]+;\s+INSERT INTO "ro""ws"/,
    );
  });
});

describe('statements of a table', () => {
  const [statements] = STAGED;

  it('are T-SQL', () => {
    for (const text of STAGED.flatMap((of) => [
      of.createStage,
      of.insert,
      of.insertMissing,
      of.update,
      of.taken,
      of.touched,
    ])) {
      if (text !== null) expect(parsed(text)).toBe(1);
    }
  });

  it('stage every column but those of types that are not known, keys as short as they are', () => {
    expect(statements?.cells.map(({ index, length }) => [index, length])).toEqual([
      [0, 255],
      [1, 255],
      [2, null],
      [3, 50],
      [4, 64],
      [6, 64],
    ]);
    expect(statements?.createStage).toContain('c0 nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY');
  });

  it('compare texts by their code units and their lengths, all else as its own type', () => {
    expect(statements?.update).toContain('t."a b" COLLATE Latin1_General_100_BIN2, DATALENGTH(t."a b")');
    expect(statements?.update).toContain('CAST(t."old" AS nvarchar(max)) COLLATE Latin1_General_100_BIN2');
    expect(statements?.update).toContain('t."n", t."at" EXCEPT');
    expect(statements?.update).not.toContain('"own"');
  });

  it('have no update where there is nothing but the key', () => {
    expect(STAGED[1]).toMatchObject({ update: null, taken: null, touched: null });
  });

  it('refuse a key of a type that is not known', () => {
    const keyless = { ...TABLE, columns: [column('id', 'xml'), ...TABLE.columns.slice(1)] };
    expect(() => upsertStatements(keyless, '#x')).toThrow(TypeError);
  });
});
