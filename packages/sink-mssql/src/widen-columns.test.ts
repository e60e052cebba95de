import { describe, expect, it } from 'vitest';
import type { CatalogueColumn, CatalogueIndex, CatalogueTable } from './catalogue.js';
import { widenStatements } from './widen-columns.js';

const column = (name: string, type: string, more: Partial<CatalogueColumn> = {}): CatalogueColumn => ({
  name,
  type,
  nullable: true,
  default: null,
  ...more,
});
const index = (name: string, columns: readonly string[], more: Partial<CatalogueIndex> = {}): CatalogueIndex => ({
  name,
  unique: false,
  constraint: null,
  clustered: false,
  filter: null,
  columns: columns.map((key) => ({ name: key, descending: false })),
  included: [],
  ...more,
});

const TABLE: CatalogueTable = {
  columns: [
    column('$id', 'nvarchar(50) COLLATE C_CI_AS', { nullable: false }),
    column('$md5', 'nvarchar(50) COLLATE C_CI_AS'),
    column('note', 'text'),
    column('st"at', 'nvarchar(1) COLLATE C_CI_AS', { default: { name: 'df', definition: `(N'x')` } }),
  ],
  indexes: [
    index('by md5', ['$md5']),
    index('$id|$md5', ['$id', '$md5'], {
      columns: [
        { name: '$id', descending: true },
        { name: '$md5', descending: false },
      ],
    }),
    index('pk', ['$id'], { unique: true, constraint: 'PRIMARY KEY', clustered: true }),
    index('more', ['$md5'], { unique: true, included: ['$id'], filter: '([$md5] IS NOT NULL)' }),
  ],
  foreignKeys: [],
};
const statements = (columns: Record<string, string>, isBabelfish = false) => {
  const wanted = Object.entries(columns).map(([name, type]) => ({ name, type }));
  return widenStatements('t"1', wanted, TABLE, { isBabelfish }).split(';\n');
};

describe('on SQL Server', () => {
  it('says of each column whether it takes NULL, and leads text over the type of its code page', () => {
    expect(statements({ note: 'nvarchar(max)' })).toEqual([
      'BEGIN TRANSACTION',
      'ALTER TABLE "t""1" ALTER COLUMN "note" varchar(max) NULL',
      'ALTER TABLE "t""1" ALTER COLUMN "note" nvarchar(max) NULL',
      'COMMIT TRANSACTION',
    ]);
  });

  it('takes a default away and gives it back', () => {
    expect(statements({ 'st"at': 'nvarchar(max)' }).slice(1, -1)).toEqual([
      'ALTER TABLE "t""1" DROP CONSTRAINT "df"',
      'ALTER TABLE "t""1" ALTER COLUMN "st""at" nvarchar(max) NULL',
      `ALTER TABLE "t""1" ADD CONSTRAINT "df" DEFAULT (N'x') FOR "st""at"`,
    ]);
  });

  it('takes away every index that the column stands in, and makes each again as it was', () => {
    expect(statements({ $id: 'nvarchar(255) COLLATE B_BIN2' }).slice(1, -1)).toEqual([
      'DROP INDEX "$id|$md5" ON "t""1"',
      'ALTER TABLE "t""1" DROP CONSTRAINT "pk"',
      'DROP INDEX "more" ON "t""1"',
      'ALTER TABLE "t""1" ALTER COLUMN "$id" nvarchar(255) COLLATE B_BIN2 NOT NULL',
      'ALTER TABLE "t""1" ADD CONSTRAINT "pk" PRIMARY KEY CLUSTERED ("$id")',
      'CREATE NONCLUSTERED INDEX "$id|$md5" ON "t""1" ("$id" DESC, "$md5")',
      'CREATE UNIQUE NONCLUSTERED INDEX "more" ON "t""1" ("$md5") INCLUDE ("$id") WHERE ([$md5] IS NOT NULL)',
    ]);
  });

  it('does all columns in one transaction', () => {
    const all = statements({ note: 'nvarchar(max)', 'st"at': 'nvarchar(max)' });
    expect(all.filter((statement) => /^(BEGIN|COMMIT)/.test(statement))).toHaveLength(2);
    expect(all.filter((statement) => /ALTER COLUMN/.test(statement))).toHaveLength(3);
  });
});

it('on Babelfish leaves out what it cannot: indexes, defaults, collations and the word NULL', () => {
  expect(statements({ $id: 'nvarchar(255) COLLATE B_BIN2', 'st"at': 'nvarchar(max)' }, true)).toEqual([
    'BEGIN TRANSACTION',
    'ALTER TABLE "t""1" ALTER COLUMN "$id" nvarchar(255)',
    'ALTER TABLE "t""1" ALTER COLUMN "st""at" nvarchar(max)',
    'COMMIT TRANSACTION',
  ]);
});
