import { Client } from 'pg';
import type { ColumnKind } from './exact-cells.ts';
import {
  COPY_TABLES,
  type CopyColumns,
  type CopyRow,
  type CopyTable,
  copyColumns,
  idColumnOf,
  type StoredCopy,
  storedDeadLetter,
} from './stored-copy.ts';

export interface PostgresCopyOptions {
  readonly tablePrefix?: string;
}

const IDS_AT_ONCE = 10_000;

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
  const columns = new Map<CopyTable, CopyColumns>();
  for (const table of COPY_TABLES) {
    const described = await query(
      'SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1',
      [`${tablePrefix}${table}`],
    );
    const kinds = new Map(described.map((row) => [String(row.column_name), kindOf(String(row.data_type))] as const));
    const ofTable = map.filter((row) => row.table_name === table);
    const fields = new Map(
      ofTable.map((row) => [JSON.parse(String(row.field)) as string, String(row.column_name)] as const),
    );
    columns.set(table, copyColumns(table, kinds, fields));
  }
  return {
    columns: (table) => columns.get(table) as CopyColumns,
    count: async (table) => Number((await query(`SELECT count(*) AS n FROM ${name(table)}`))[0]?.n),
    rowsOf: (table, ids) => query(`SELECT * FROM ${name(table)} WHERE "${idColumnOf(table)}" = ANY($1)`, [ids]),
    async *ids(table) {
      const id = `"${idColumnOf(table)}"`;
      let last = '';
      for (;;) {
        const rows = await query(`SELECT ${id} AS id FROM ${name(table)} WHERE ${id} > $1 ORDER BY ${id} LIMIT $2`, [
          last,
          IDS_AT_ONCE,
        ]);
        for (const row of rows) yield String(row.id);
        if (rows.length < IDS_AT_ONCE) return;
        last = String(rows.at(-1)?.id);
      }
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
