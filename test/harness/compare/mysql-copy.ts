import { createConnection, escapeId, format, type RowDataPacket } from 'mysql2/promise';
import { plainAddress } from '../servers/plain-address.ts';
import { idsByPages, readCopyColumns } from './copy-columns.ts';
import type { ColumnKind } from './exact-cells.ts';
import { type CopyRow, type CopyTable, idColumnOf, type StoredCopy, storedDeadLetter } from './stored-copy.ts';

export interface MysqlCopyOptions {
  readonly tablePrefix?: string;
}

type Query = (columns: readonly string[], rest: string, values?: readonly (string | string[])[]) => Promise<CopyRow[]>;

/** Reads a copy in MariaDB or MySQL over a connection of its own, every value as text. Dispose of it to close. */
export async function openMysqlCopy(
  url: string,
  { tablePrefix = 'mcall_' }: MysqlCopyOptions = {},
): Promise<StoredCopy & AsyncDisposable> {
  const { query, close } = await openQueries(url);
  const name = (table: string) => escapeId(tablePrefix + table, true);
  const map = await query(['table_name', 'field', 'column_name'], `${name('sync_columns')} WHERE table_name <> ''`);
  const kinds = new Map<CopyTable, ReadonlyMap<string, ColumnKind>>();
  const columns = await readCopyColumns(map, async (table) => {
    const kindsOfTable = await readKinds(query, tablePrefix + table);
    kinds.set(table, kindsOfTable);
    return kindsOfTable;
  });
  return {
    columns,
    count: async (table) => {
      const ids = await query(['n'], `(SELECT count(*) AS n FROM ${name(table)}) AS counted`);
      return Number(ids[0]?.n);
    },
    rowsOf: async (table, ids) => {
      if (ids.length === 0) return [];
      const all = [...(kinds.get(table)?.keys() ?? [])];
      return query(all, `${name(table)} WHERE ${escapeId(idColumnOf(table))} IN (?)`, [[...ids]]);
    },
    ids: (table) => {
      const id = idColumnOf(table);
      const rest = `${name(table)} WHERE ${escapeId(id)} > ? ORDER BY ${escapeId(id)}`;
      return idsByPages(async (after, limit) =>
        (await query([id], `${rest} LIMIT ${limit}`, [after])).map((row) => row[id]),
      );
    },
    deadLetters: async () => (await query(['kind', 'contact_id', 'body'], name('dead_letters'))).map(storedDeadLetter),
    [Symbol.asyncDispose]: close,
  };
}

/** Opens queries. Columns are read under numbers, since mysql2 refuses names such as `__proto__`. */
async function openQueries(url: string): Promise<{ readonly query: Query; close(): Promise<void> }> {
  const connection = await createConnection({
    uri: plainAddress(url),
    charset: 'utf8mb4',
    typeCast: (field) => textOf(field.type, field.buffer()),
  });
  await connection.query("SET SESSION time_zone = '+00:00', sql_mode = ''");
  await connection.query('SET SESSION TRANSACTION READ ONLY');
  return {
    query: async (columns, rest, values = []) => {
      const list = columns.map((column, at) => `${escapeId(column, true)} AS \`${at}\``).join(', ');
      const sql = `SELECT ${list} FROM ${format(rest, [...values])}`;
      const [rows] = await connection.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
      return rows.map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])));
    },
    close: () => connection.end(),
  };
}

/** Returns a value as the server writes it; for bits, their number. */
function textOf(type: string, bytes: Buffer | null): string | null {
  if (bytes === null) return null;
  return type === 'BIT' ? BigInt(`0x${bytes.toString('hex')}`).toString() : bytes.toString('utf8');
}

async function readKinds(query: Query, table: string): Promise<ReadonlyMap<string, ColumnKind>> {
  const rows = await query(
    ['column_name', 'column_type'],
    'information_schema.columns WHERE table_schema = database() AND table_name = ? ORDER BY ordinal_position',
    [table],
  );
  return new Map(rows.map((row) => [String(row.column_name), kindOf(String(row.column_type))]));
}

function kindOf(type: string): ColumnKind {
  if (/^(datetime|timestamp|date)\b/.test(type)) return 'instant';
  if (/^(tinyint\(1\)|bit)/.test(type)) return 'boolean';
  return /^(decimal|(tiny|small|medium|big)?int|float|double)/.test(type) ? 'number' : 'text';
}
