import { Client } from 'pg';
import { idsByPages, readCopyColumns } from './copy-columns.ts';
import type { ColumnKind } from './exact-cells.ts';
import { type CopyRow, type CopyTable, idColumnOf, type StoredCopy, storedDeadLetter } from './stored-copy.ts';

export interface PostgresCopyOptions {
  readonly tablePrefix?: string;
}

/** Reads a copy in a PostgreSQL database over a connection of its own, every value as text. Dispose of it to close. */
export async function openPostgresCopy(
  url: string,
  { tablePrefix = 'mcall_' }: PostgresCopyOptions = {},
): Promise<StoredCopy & AsyncDisposable> {
  const client = new Client({ connectionString: url, types: { getTypeParser: () => (text: unknown) => text } });
  await client.connect();
  await client.query(`SET TIME ZONE 'UTC'; SET DateStyle = 'ISO'; SET default_transaction_read_only = on`);
  const query = async (text: string, values: readonly unknown[] = []): Promise<CopyRow[]> => {
    const { fields, rows } = await client.query({ text, values: [...values], rowMode: 'array' });
    return rows.map((cells: unknown[]) => Object.fromEntries(fields.map(({ name }, at) => [name, cells[at]])));
  };
  const name = (table: string) => `"${tablePrefix}${table}"`;
  const map = await query(`SELECT table_name, field, column_name FROM ${name('sync_columns')} WHERE table_name <> ''`);
  const kindsOf = async (table: CopyTable) => {
    const described = await query(
      'SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
      [`${tablePrefix}${table}`],
    );
    return new Map(described.map((row) => [String(row.column_name), kindOf(String(row.data_type))] as const));
  };
  return {
    columns: await readCopyColumns(map, kindsOf),
    count: async (table) => Number((await query(`SELECT count(*) AS n FROM ${name(table)}`))[0]?.n),
    rowsOf: (table, ids) => query(`SELECT * FROM ${name(table)} WHERE "${idColumnOf(table)}" = ANY($1)`, [ids]),
    ids: (table) => {
      const id = `"${idColumnOf(table)}"`;
      const page = `SELECT ${id} AS id FROM ${name(table)} WHERE ${id} > $1 ORDER BY ${id} LIMIT $2`;
      return idsByPages(async (...position) => (await query(page, position)).map((row) => row.id));
    },
    deadLetters: async () =>
      (await query(`SELECT kind, contact_id, body FROM ${name('dead_letters')}`)).map(storedDeadLetter),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

function kindOf(type: string): ColumnKind {
  if (type.startsWith('timestamp') || type === 'date') return 'instant';
  if (type === 'boolean') return 'boolean';
  return /^(numeric|integer|bigint|smallint|real|double)/.test(type) ? 'number' : 'text';
}
