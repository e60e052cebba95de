import type { TextStorage } from '@dbsync/sql';
import { describe, expect, it } from 'vitest';
import { createMssqlTypes } from './mssql-types.js';

const types = createMssqlTypes({ isBabelfish: false });
const onBabelfish = createMssqlTypes({ isBabelfish: true });
const KEY = 'nvarchar(255) COLLATE Latin1_General_100_BIN2';

const textOf = (type: string, kind: 'key' | null = null, of = types) => of.storageOf(type, kind) as TextStorage;
const lacks = ({ lacks }: TextStorage, text: string) => lacks !== null && new RegExp(lacks, 'u').test(text);

it('declares native types, or text for all but keys and its own counters', () => {
  const kinds = ['key', 'text', 'instant', 'number', 'boolean', 'integer'] as const;
  const native = [KEY, 'nvarchar(max)', 'datetime2(3)', 'decimal(38,10)', 'bit', 'bigint'];
  expect(kinds.map((kind) => types.declare(kind, 'native'))).toEqual(native);
  const text = [KEY, ...Array(4).fill('nvarchar(max)'), 'bigint'];
  expect(kinds.map((kind) => types.declare(kind, 'text'))).toEqual(text);
});

it.each([
  ['decimal(38,10)', 28, 10],
  ['decimal(10,0)', 10, 0],
  ['numeric(9,2)', 7, 2],
  ['smallint', 4, 0],
  ['int', 9, 0],
  ['bigint', 18, 0],
  ['money', 14, 4],
  ['float', 9, 6],
])('%s holds numbers of %i and %i digits', (type, integerDigits, fractionDigits) => {
  expect(types.storageOf(type, null)).toEqual({ holds: 'number', integerDigits, fractionDigits });
});

it.each([
  ['datetime2(3)', 1, 3],
  ['datetime2(7)', 1, 7],
  ['datetimeoffset(0)', 1, 0],
  ['datetime', 1753, 2],
])('%s holds instants from the year %i on, with %i digits of a second', (type, minYear, fractionDigits) => {
  expect(types.storageOf(type, null)).toEqual({ holds: 'instant', minYear, maxYear: 9999, fractionDigits });
});

it.each([
  'text',
  'ntext',
  'char(3)',
  'nchar(3)',
  'uniqueidentifier',
  'date',
  'smalldatetime',
  'real',
  'tinyint',
  'xml',
  'generated int',
])('leaves %s alone', (type) => {
  expect(types.storageOf(type, null)).toEqual({ holds: 'unknown' });
});

describe('text', () => {
  it('is all of UTF-16 in nvarchar, halves of surrogate pairs and NUL included', () => {
    const wide = textOf('nvarchar(max) COLLATE Latin1_General_CI_AS');
    expect(wide).toMatchObject({ holds: 'text', maxLength: null, lacks: null, replacement: '\ufffd' });
    expect(textOf('nvarchar(50) COLLATE Latin1_General_CI_AS')).toMatchObject({
      maxLength: 50,
      lengthIn: 'utf16-units',
    });
  });

  it('is ASCII in varchar, whatever its code page, and UTF-8 where it says so', () => {
    const narrow = textOf('varchar(50) COLLATE SQL_Latin1_General_CP1_CI_AS');
    expect(narrow).toMatchObject({ maxLength: 50, lengthIn: 'utf8-bytes', replacement: '?' });
    expect([lacks(narrow, 'a~\0'), lacks(narrow, 'é')]).toEqual([false, true]);
    const utf8 = textOf('varchar(50) COLLATE Latin1_General_100_CI_AS_SC_UTF8');
    expect(utf8).toMatchObject({ lengthIn: 'utf8-bytes', replacement: '\ufffd' });
    expect([lacks(utf8, 'é😀'), lacks(utf8, '\ud83d')]).toEqual([false, true]);
  });

  it('of keys lacks blanks at the end, which no comparison sees', () => {
    const key = textOf(KEY, 'key');
    expect(['a ', ' ', 'a  '].map((id) => lacks(key, id))).toEqual([true, true, true]);
    expect(['a', ' a', 'a b', 'a\u00a0', 'a\t'].map((id) => lacks(key, id))).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it('on Babelfish lacks NUL and halves of surrogate pairs too', () => {
    for (const [kind, also] of [
      [null, false],
      ['key', true],
    ] as const) {
      const storage = textOf(KEY, kind, onBabelfish);
      expect(['\0', '\ud83d', '😀', 'a '].map((id) => lacks(storage, id))).toEqual([true, true, false, also]);
    }
  });
});

it.each([
  ['nvarchar(1) COLLATE X_CI_AS', null, 'nvarchar(max)'],
  ['nvarchar(max) COLLATE X_CI_AS', null, null],
  ['varchar(50) COLLATE X_CI_AS', 'text', 'nvarchar(max)'],
  ['varchar(max) COLLATE X_CI_AS', 'text', 'nvarchar(max)'],
  ['text', null, 'nvarchar(max)'],
  ['ntext', null, 'nvarchar(max)'],
  ['decimal(10,0)', null, null],
  ['char(3)', null, null],
  [KEY, 'key', null],
  ['nvarchar(50) COLLATE Japanese_XJIS_140_BIN2', 'key', null],
  ['nvarchar(50) COLLATE Latin1_General_CI_AS', 'key', KEY],
  ['nvarchar(50) COLLATE Latin1_General_CS_AS', 'key', KEY],
  ['varchar(50) COLLATE Latin1_General_BIN2', 'key', KEY],
  ['int', 'key', null],
] as const)('widens %s of kind %s to %s', (type, kind, wider) => {
  expect(types.wider(type, kind)).toBe(wider);
});
