import type { TextStorage } from '@dbsync/sql';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, MYSQL_PRODUCTS } from '../../../test/harness/servers/mysql-database.ts';
import { mysqlTypes } from './mysql-types.js';

describe.each(MYSQL_PRODUCTS)('%s', (product) => {
  const types = mysqlTypes(product);
  let client: Connection;
  beforeAll(async () => {
    client = await createConnection({ uri: await createTestDatabase(product), charset: 'utf8mb4' });
    await client.query("SET SESSION sql_mode = 'STRICT_ALL_TABLES', time_zone = '+00:00'");
  });
  afterAll(() => client.end());

  /** Returns a text as a column of that type gives it back. */
  async function kept(type: string, text: string): Promise<string> {
    await client.query(`CREATE TEMPORARY TABLE kept (v ${type})`);
    try {
      await client.query('INSERT INTO kept VALUES (?)', [text]);
      const [rows] = await client.query<RowDataPacket[]>('SELECT concat(v) AS v FROM kept');
      return String(rows[0]?.v);
    } finally {
      await client.query('DROP TEMPORARY TABLE kept');
    }
  }

  it.each([
    ['tinyint(4)', 2, 0],
    ['tinyint', 2, 0],
    ['smallint(6)', 4, 0],
    ['mediumint(9)', 6, 0],
    ['int(11)', 9, 0],
    ['bigint(20)', 18, 0],
    ['bigint', 18, 0],
    ['decimal(10,2)', 8, 2],
    ['decimal(10,0)', 10, 0],
    ['decimal(65,30)', 35, 30],
    ['double', 9, 6],
  ])('%s holds what it is said to hold', async (type, integerDigits, fractionDigits) => {
    expect(types.storageOf(type, null)).toEqual({ holds: 'number', integerDigits, fractionDigits });
    const fraction = fractionDigits === 0 ? '' : `.${'7'.repeat(fractionDigits)}`;
    for (const sign of ['', '-']) {
      const largest = `${sign}${'9'.repeat(integerDigits)}${fraction}`;
      expect(await kept(type, largest)).toBe(largest);
    }
  });

  it.each([
    ['datetime(3)', 3, 1, 9999],
    ['datetime', 0, 1, 9999],
    ['timestamp(6)', 6, 1971, 2037],
  ])('%s holds instants with %i digits of a second', async (type, fractionDigits, minYear, maxYear) => {
    expect(types.storageOf(type, null)).toEqual({ holds: 'instant', minYear, maxYear, fractionDigits });
    for (const year of [minYear, maxYear]) {
      const [first, last] = [
        `${String(year).padStart(4, '0')}-01-01 00:00:00`,
        `${String(year).padStart(4, '0')}-12-31 23:59:59`,
      ];
      const fraction = fractionDigits === 0 ? '' : `.${'7'.repeat(fractionDigits)}`;
      for (const text of [first, last]) expect(await kept(type, text + fraction)).toBe(text + fraction);
    }
  });

  const everything = 'a~Ä€😀';

  it.each([
    ['utf8mb4', 'a~Ä€😀', 11],
    ['utf8mb3', 'a~Ä€', 7],
    ['utf16', 'a~Ä€😀', 6],
    ['utf16le', 'a~Ä€😀', 6],
    ['ucs2', 'a~Ä€', 4],
    ['utf32', 'a~Ä€😀', 5],
    ['latin1', 'a~', 2],
    ['koi8r', 'a~', 2],
  ])('a text in %s lacks what that lacks, and is as long as the server says', async (charset, text, length) => {
    const inCharset = `character set ${charset} collate ${charset}_bin`;
    const [short, counted] = [`tinytext ${inCharset}`, `varchar(3) ${inCharset}`];
    const storage = types.storageOf(short, null) as TextStorage;
    expect([...everything].filter((sign) => sign.search(storage.lacks ?? '') === -1).join('')).toBe(text);
    const times = Math.floor((storage.maxLength ?? 0) / length);
    expect(await kept(short, text.repeat(times))).toBe(text.repeat(times));
    await expect(kept(short, text.repeat(times + 1))).rejects.toMatchObject({ errno: 1406 });
    expect(types.storageOf(counted, null)).toMatchObject({ maxLength: 3, lengthIn: 'characters' });
    const last = [...text].at(-1) ?? '';
    expect(await kept(counted, last.repeat(3))).toBe(last.repeat(3));
    expect(await kept(`longtext ${inCharset}`, storage.replacement)).toBe(storage.replacement);
  });

  it.each([
    'json',
    'date',
    'time',
    'year(4)',
    'char(3) character set utf8mb4 collate utf8mb4_bin',
    'varbinary(9)',
    'blob',
    'float',
    'bit(1)',
    'int(10) unsigned',
    "enum('a') character set utf8mb4 collate utf8mb4_bin",
    'int(11) (computed)',
    'longtext character set utf8mb4 collate utf8mb4_bin (confused)',
  ])('leaves %s alone', (type) => {
    expect(types.storageOf(type, null)).toEqual({ holds: 'unknown' });
  });

  it('takes tinyint(1) for a boolean, and any tinyint where a boolean has to be', () => {
    expect(types.storageOf('tinyint(1)', null)).toEqual({ holds: 'boolean' });
    expect(types.storageOf('tinyint(4)', 'boolean')).toEqual({ holds: 'boolean' });
  });

  it.each([
    ['varchar(50) character set utf16 collate utf16_general_ci', 'utf8mb4_general_ci'],
    ['text character set utf8mb4 collate utf8mb4_unicode_ci', 'utf8mb4_unicode_ci'],
    ['longtext character set latin1 collate latin1_swedish_ci', 'utf8mb4_swedish_ci'],
    ['longtext character set utf8mb3 collate utf8mb3_bin', 'utf8mb4_bin'],
    ['mediumtext character set cp1250 collate cp1250_czech_cs', 'utf8mb4_general_ci'],
  ])('widens %s to a text that compares alike', async (type, collation) => {
    const wider = `${type.startsWith('longtext') ? 'longtext' : 'mediumtext'} character set utf8mb4 collate ${collation}`;
    expect(types.wider(type, null)).toBe(wider);
    expect(await kept(wider, everything)).toBe(everything);
  });

  it('leaves what is wide enough as it is, whatever it takes for equal', () => {
    for (const type of [
      types.declare('text', 'native'),
      'longtext character set utf8mb4 collate utf8mb4_general_ci',
      'mediumtext character set utf8mb4 collate utf8mb4_general_ci',
      'decimal(10,0)',
      'json',
    ]) {
      expect(types.wider(type, null)).toBeNull();
    }
  });

  it('keeps the one character set of a copy, and brings several to UTF-8', () => {
    const utf16 = 'character set utf16 collate utf16_general_ci';
    const beside = types.beside?.([`varchar(50) ${utf16}`, `text ${utf16}`]) ?? types;
    expect(beside.wider(`varchar(50) ${utf16}`, null)).toBe(`mediumtext ${utf16}`);
    expect(beside.wider(`mediumtext ${utf16}`, null)).toBeNull();
    expect(beside.declare('text', 'native')).toBe(`mediumtext ${utf16}`);
    expect(beside.declare('key', 'native')).toMatch(/^varchar\(255\) character set utf16 collate utf16_.*bin$/);
    const mixed = types.beside?.([`varchar(50) ${utf16}`, 'text character set latin1 collate latin1_swedish_ci']);
    expect(mixed?.alike?.(`varchar(50) ${utf16}`)).toBe('varchar(50) character set utf8mb4 collate utf8mb4_general_ci');
    expect(mixed?.alike?.(`varchar(300) ${utf16}`)).toBeNull();
  });

  it('R18 takes an id with blanks at its end only where the key tells it from one without', () => {
    const { lacks } = types.storageOf('varchar(255) character set utf16 collate utf16_bin', 'key') as TextStorage;
    expect('a '.search(lacks ?? /$/)).toBe(1);
    expect(types.storageOf(types.declare('key', 'native'), 'key')).toMatchObject({ lacks: /\p{Surrogate}/gu });
  });

  it('R18 takes only keys that tell every two ids apart', async () => {
    const key = types.declare('key', 'native');
    expect(types.wider(key, 'key')).toBeNull();
    for (const type of [
      'varchar(50) character set utf16 collate utf16_general_ci',
      'varchar(255) character set utf8mb4 collate utf8mb4_bin',
      'varchar(255) character set latin1 collate latin1_bin',
    ]) {
      expect(types.wider(type, 'key')).toBe(key);
    }
    await client.query(`CREATE TEMPORARY TABLE ids (id ${key} PRIMARY KEY)`);
    await client.query("INSERT INTO ids VALUES ('a'), ('A'), ('a '), ('á'), ('a\u0301'), ('\0'), ('')");
    const [sorted] = await client.query<RowDataPacket[]>("SELECT id FROM ids WHERE id > 'A' ORDER BY id");
    expect(sorted.map(({ id }) => id)).toEqual(['a', 'a ', 'a\u0301', 'á']);
  });
});
