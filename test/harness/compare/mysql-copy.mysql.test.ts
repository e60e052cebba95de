import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, dropTestDatabase, MYSQL_PRODUCTS } from '../servers/mysql-database.ts';
import { openMysqlCopy } from './mysql-copy.ts';

describe.each(MYSQL_PRODUCTS)('openMysqlCopy of %s', (product) => {
  let url: string;

  beforeAll(async () => {
    url = await createTestDatabase(product);
    const connection = await createConnection({ uri: url, multipleStatements: true });
    await connection.query(`
      SET time_zone = '+02:00';
      CREATE TABLE t_contacts (\`$id\` varchar(50), \`$created_date\` datetime(3), \`__proto__\` text, \`is it?\` text,
        \`$overflow\` text);
      CREATE TABLE t_transactions (id varchar(50), fired timestamp(3), pause_time_sec decimal(65,30), isHI tinyint(1),
        handled bit(1), hits bigint, rate double);
      CREATE TABLE t_connections (id varchar(50) PRIMARY KEY);
      CREATE TABLE t_recordings (id text);
      CREATE TABLE t_inbound_calls (id text);
      CREATE TABLE t_sync_columns (table_name text, field text, column_name text);
      CREATE TABLE t_dead_letters (kind text, contact_id text, body text);
      INSERT INTO t_dead_letters VALUES ('recording', 'c1', '{}');
      INSERT INTO t_sync_columns VALUES ('', '""', ''), ('contacts', '"__proto__"', '__proto__');
      INSERT INTO t_contacts VALUES ('c1', '2024-05-06 07:08:09.01', 'k€pt 😀\\\\', 'yes', NULL);
      INSERT INTO t_transactions
        VALUES ('t1', '2024-05-06 07:08:09.5', 12345678901234567890.10, true, b'1', 9007199254740993, 0.1);
      INSERT INTO t_connections WITH digits AS (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3
          UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
        SELECT concat('k', a.d, b.d, c.d, d.d, e.d) FROM digits a, digits b, digits c, digits d, digits e WHERE a.d < 2;
    `);
    await connection.end();
    return () => dropTestDatabase(url);
  });

  it('reads every value as text, times in UTC', async () => {
    await using copy = await openMysqlCopy(url, { tablePrefix: 't_' });
    expect(await copy.rowsOf('transactions', ['t1', 'none'])).toEqual([
      {
        id: 't1',
        fired: '2024-05-06 05:08:09.500',
        pause_time_sec: `12345678901234567890.1${'0'.repeat(29)}`,
        isHI: '1',
        handled: '1',
        hits: '9007199254740993',
        rate: '0.1',
      },
    ]);
    expect(await copy.rowsOf('transactions', [])).toEqual([]);
    const [contact] = await copy.rowsOf('contacts', ['c1']);
    const cells = Object.entries(contact ?? {});
    expect(cells).toContainEqual(['__proto__', 'k€pt 😀\\']);
    expect(cells).toContainEqual(['is it?', 'yes']);
    expect(cells).toContainEqual(['$created_date', '2024-05-06 07:08:09.010']);
    expect(cells).toContainEqual(['$overflow', null]);
    expect(copy.columns('contacts').columnOf('__proto__')).toBe('__proto__');
  });

  it('reads the ids of any number of rows', async () => {
    await using copy = await openMysqlCopy(url, { tablePrefix: 't_' });
    expect(await copy.count('connections')).toBe(20_000);
    const ids = new Set<string>();
    for await (const id of copy.ids('connections')) ids.add(id);
    expect(ids.size).toBe(20_000);
  });

  it('reads what was set aside', async () => {
    await using copy = await openMysqlCopy(url, { tablePrefix: 't_' });
    expect(await copy.deadLetters()).toEqual([{ kind: 'recording', contactId: 'c1', body: '{}' }]);
  });

  it('tells what columns hold', async () => {
    await using copy = await openMysqlCopy(url, { tablePrefix: 't_' });
    const { kindOf } = copy.columns('transactions');
    const kinds = { id: 'text', fired: 'instant', pause_time_sec: 'number', isHI: 'boolean', handled: 'boolean' };
    for (const [column, kind] of Object.entries({ ...kinds, hits: 'number', rate: 'number' }))
      expect([column, kindOf(column)]).toEqual([column, kind]);
    expect(copy.columns('contacts').kindOf('$created_date')).toBe('instant');
  });
});
