import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../servers/postgres-database.ts';
import { openPostgresCopy } from './postgres-copy.ts';

describe('openPostgresCopy', () => {
  let url: string;

  beforeAll(async () => {
    url = await createTestDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`
      CREATE TABLE t_contacts ("$id" varchar(50), "$created_date" timestamp, "__proto__" text, "$overflow" text);
      CREATE TABLE t_transactions (id text, fired timestamptz, pause_time_sec numeric, "isHI" boolean);
      CREATE TABLE t_connections (id text);
      CREATE TABLE t_recordings (id text);
      CREATE TABLE t_inbound_calls (id text);
      CREATE TABLE t_sync_columns (table_name text, field text, column_name text);
      CREATE TABLE t_dead_letters (kind text, contact_id text, body text);
      INSERT INTO t_dead_letters VALUES ('recording', 'c1', '{}');
      INSERT INTO t_sync_columns VALUES ('', '""', ''), ('contacts', '"__proto__"', '__proto__');
      INSERT INTO t_contacts VALUES ('c1', '2024-05-06 07:08:09.01', 'kept', NULL);
      INSERT INTO t_transactions VALUES ('t1', '2024-05-06 07:08:09+02', 12345678901234567890.10, true);
      INSERT INTO t_connections SELECT 'k' || n FROM generate_series(1, 25000) AS n;
    `);
    await client.end();
  });

  it('reads every value as text, times in UTC', async () => {
    await using copy = await openPostgresCopy(url, { tablePrefix: 't_' });
    const [transaction] = await copy.rowsOf('transactions', ['t1', 'none']);
    const read = { id: 't1', fired: '2024-05-06 05:08:09+00', pause_time_sec: '12345678901234567890.10', isHI: 't' };
    expect(transaction).toEqual(read);
    const [contact] = await copy.rowsOf('contacts', ['c1']);
    expect(Object.entries(contact ?? {})).toContainEqual(['__proto__', 'kept']);
    expect(copy.columns('contacts').columnOf('__proto__')).toBe('__proto__');
  });

  it('reads the ids of any number of rows', async () => {
    await using copy = await openPostgresCopy(url, { tablePrefix: 't_' });
    expect(await copy.count('connections')).toBe(25_000);
    expect(new Set(await collect(copy.ids('connections'))).size).toBe(25_000);
  });

  it('reads what was set aside', async () => {
    await using copy = await openPostgresCopy(url, { tablePrefix: 't_' });
    expect(await copy.deadLetters()).toEqual([{ kind: 'recording', contactId: 'c1', body: '{}' }]);
  });

  it('tells what columns hold', async () => {
    await using copy = await openPostgresCopy(url, { tablePrefix: 't_' });
    const columns = ['id', 'fired', 'pause_time_sec', 'isHI'];
    expect(columns.map(copy.columns('transactions').kindOf)).toEqual(['text', 'instant', 'number', 'boolean']);
  });
});

async function collect(ids: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all;
}
