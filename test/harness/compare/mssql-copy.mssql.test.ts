import { beforeAll, describe, expect, it } from 'vitest';
import { connectMssql, createTestDatabase, dropTestDatabase } from '../servers/mssql-database.ts';
import { openMssqlCopy } from './mssql-copy.ts';

describe('openMssqlCopy', () => {
  let url: string;

  beforeAll(async () => {
    url = await createTestDatabase();
    await using client = await connectMssql(url);
    for (const statement of [
      `CREATE TABLE t_contacts ("$id" nvarchar(50), "$created_date" datetime2(3), "__proto__" nvarchar(max), "is it?" nvarchar(max),
        "$overflow" nvarchar(max))`,
      `CREATE TABLE t_transactions (id nvarchar(50), fired datetime2(3), pause_time_sec decimal(38,10), "isHI" bit, hits bigint)`,
      'CREATE TABLE t_connections (id nvarchar(50) PRIMARY KEY)',
      'CREATE TABLE t_recordings (id nvarchar(50))',
      'CREATE TABLE t_inbound_calls (id nvarchar(50))',
      'CREATE TABLE t_sync_columns (table_name nvarchar(50), field nvarchar(50), column_name nvarchar(50))',
      'CREATE TABLE t_dead_letters (kind nvarchar(50), contact_id nvarchar(50), body nvarchar(max))',
      `INSERT INTO t_dead_letters VALUES (N'recording', N'c1', N'{}')`,
      `INSERT INTO t_sync_columns VALUES (N'', N'""', N''), (N'contacts', N'"__proto__"', N'__proto__')`,
      `INSERT INTO t_contacts VALUES (N'c1', '2024-05-06T07:08:09.010', N'k€pt 😀', N'yes', NULL)`,
      `INSERT INTO t_transactions VALUES (N't1', '2024-05-06T07:08:09.500', 12345678901234567890.10, 1, 9007199254740993)`,
      `INSERT INTO t_connections SELECT TOP (12000) N'k' + CAST(1000000 + ROW_NUMBER() OVER (ORDER BY a.object_id) AS nvarchar(9))
        FROM sys.all_objects a CROSS JOIN (SELECT TOP (40) object_id FROM sys.all_objects) b`,
    ]) {
      await client.runBatch(statement);
    }
    return () => dropTestDatabase(url);
  });

  it('reads every value as text, times in UTC', async () => {
    await using copy = await openMssqlCopy(url, { tablePrefix: 't_' });
    const [transaction] = await copy.rowsOf('transactions', ['t1', 'none']);
    expect(transaction).toMatchObject({ id: 't1', isHI: true, hits: '9007199254740993' });
    expect(String(transaction?.pause_time_sec)).toMatch(/^12345678901234567890\.10*$/);
    expect(String(transaction?.fired)).toMatch(/^2024-05-06 07:08:09\.50*$/);
    const [contact] = await copy.rowsOf('contacts', ['c1']);
    expect(Object.entries(contact ?? {})).toEqual(
      expect.arrayContaining([
        ['__proto__', 'k€pt 😀'],
        ['is it?', 'yes'],
        ['$overflow', null],
      ]),
    );
    expect(await copy.deadLetters()).toEqual([{ kind: 'recording', contactId: 'c1', body: '{}' }]);
  });

  it('knows the columns of fields, and what they hold', async () => {
    await using copy = await openMssqlCopy(url, { tablePrefix: 't_' });
    expect(copy.columns('contacts').columnOf('__proto__')).toBe('__proto__');
    expect(copy.columns('contacts').columnOf('is it?')).toBeUndefined();
    const kinds = ['id', 'fired', 'pause_time_sec', 'isHI', 'hits'].map(copy.columns('transactions').kindOf);
    expect(kinds).toEqual(['text', 'instant', 'number', 'boolean', 'number']);
  });

  it('reads more ids, and rows, than fit one answer', async () => {
    await using copy = await openMssqlCopy(url, { tablePrefix: 't_' });
    const ids: string[] = [];
    for await (const id of copy.ids('connections')) ids.push(id);
    expect(new Set(ids).size).toBe(12_000);
    expect(await copy.count('connections')).toBe(12_000);
    expect(await copy.rowsOf('connections', ids.slice(0, 2_500))).toHaveLength(2_500);
  });
});
