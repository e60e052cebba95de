import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteCopy } from './sqlite-copy.ts';

describe('openSqliteCopy', () => {
  let folder: string;
  let file: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'copy-'));
    file = join(folder, 'copy.db');
    const database = new DatabaseSync(file);
    database.exec(`
      CREATE TABLE t_contacts ("$id" TEXT, "$created_date" TEXT, company TEXT, "$overflow" TEXT) STRICT;
      CREATE TABLE t_transactions (id TEXT, fired TEXT, pause_time_sec ANY, isHI INTEGER) STRICT;
      CREATE TABLE t_connections (id TEXT) STRICT;
      CREATE TABLE t_recordings (id TEXT) STRICT;
      CREATE TABLE t_inbound_calls (id TEXT, line_number TEXT) STRICT;
      CREATE TABLE t_sync_columns (table_name TEXT, field TEXT, column_name TEXT) STRICT;
      CREATE TABLE t_dead_letters (kind TEXT, contact_id TEXT, body TEXT) STRICT;
      INSERT INTO t_dead_letters VALUES ('fetch', NULL, ''), ('recording', 'c1', '{}');
      INSERT INTO t_sync_columns VALUES ('', '""', ''), ('contacts', '"a\\u0000b"', 'company'), ('contacts', '"x"', 'y');
      INSERT INTO t_transactions VALUES ('t1', 'x', 9007199254740993, 1), ('t2', NULL, 1.5, NULL), ('t3', NULL, '7', 0);
    `);
    database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reads rows by their ids, digits intact', async () => {
    using copy = openSqliteCopy(file, { tablePrefix: 't_' });
    expect(await copy.count('transactions')).toBe(3);
    const rows = await copy.rowsOf('transactions', ['t1', 't2', 'none']);
    expect(rows).toEqual([
      { id: 't1', fired: 'x', pause_time_sec: 9007199254740993n, isHI: 1n },
      { id: 't2', fired: null, pause_time_sec: 1.5, isHI: null },
    ]);
    expect(await collect(copy.ids('transactions'))).toEqual(['t1', 't2', 't3']);
  });

  it('finds columns by the map, by name, and not where there is none', () => {
    using copy = openSqliteCopy(file, { tablePrefix: 't_' });
    const fields = ['a\0b', 'x', '$created_date', '$CREATED_DATE', 'company', '$overflow'];
    expect(fields.map(copy.columns('contacts').columnOf)).toEqual([
      'company',
      undefined,
      '$created_date',
      undefined,
      undefined,
      undefined,
    ]);
    expect(copy.columns('inbound_calls').columnOf('called_number')).toBe('line_number');
    expect(copy.columns('inbound_calls').columnOf('line_number')).toBeUndefined();
  });

  it('reads what was set aside', async () => {
    using copy = openSqliteCopy(file, { tablePrefix: 't_' });
    expect(await copy.deadLetters()).toEqual([
      { kind: 'fetch', contactId: null, body: '' },
      { kind: 'recording', contactId: 'c1', body: '{}' },
    ]);
  });

  it('tells what columns hold', () => {
    using native = openSqliteCopy(file, { tablePrefix: 't_' });
    const columns = ['id', 'fired', 'pause_time_sec', 'isHI'];
    expect(columns.map(native.columns('transactions').kindOf)).toEqual(['text', 'instant', 'number', 'boolean']);
    using text = openSqliteCopy(file, { tablePrefix: 't_', columnTypes: 'text' });
    expect(columns.map(text.columns('transactions').kindOf)).toEqual(['text', 'text', 'text', 'text']);
  });
});

async function collect(ids: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all;
}
