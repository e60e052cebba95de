import type { Json, RowTable, SinkTarget, StoreSink } from '@dbsync/core/contract';
import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import type { StoredRow, StoreSubject } from '@dbsync/testkit';
import { numberCell, storedRow } from '../compare/stored-row.ts';
import { connectMssql, createTestDatabase, dropTestDatabase } from './mssql-database.ts';
import { type RowReader, serverSubject } from './server-store.ts';

/** Returns the SQL Server sink under test, each case in a database of its own. */
export function mssqlSubject(createSink: (target: SinkTarget) => StoreSink): StoreSubject {
  return serverSubject({
    loads: false,
    createSink,
    plugin: '@dbsync/sink-mssql',
    defaultPort: 1433,
    createDatabase: createTestDatabase,
    dropDatabase: dropTestDatabase,
    damage: null,
    openReader,
  });
}

async function openReader(url: string): Promise<RowReader> {
  const client = await connectMssql(url);
  return {
    readRows: (table) => readRows(client, table),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

async function readRows(client: TediousClient, table: RowTable): Promise<readonly StoredRow[]> {
  const ask = async (sql: string) => (await client.runBatch(sql)).rows as string[][];
  const map = await ask(`SELECT column_name, field FROM mcall_sync_columns WHERE table_name = N'${table}'`);
  const fields = new Map(map.map(([column, field = '']) => [column, JSON.parse(field) as string]));
  const columns = await ask(
    `SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = N'mcall_${table}' ORDER BY ORDINAL_POSITION`,
  );
  const list = columns.map(([name = '', type = ''], at) => `${readable(name, type)} AS c${at}`);
  const rows = (await client.runBatch(`SELECT ${list.join(', ')} FROM mcall_${table}`)).rows as Json[][];
  return rows.map((row) => {
    const cells = Object.fromEntries(columns.map(([name, type = ''], at) => [name, cellOf(row[at] ?? null, type)]));
    return storedRow({ table, cells, fieldOf: (column) => fields.get(column) });
  });
}

/** Returns an expression that the driver reads exactly: it would round numbers, and cut times. */
function readable(name: string, type: string): string {
  const column = `"${name.replaceAll('"', '""')}"`;
  if (type === 'decimal') return `CAST(${column} AS nvarchar(60))`;
  return type === 'datetime2' ? `CONVERT(nvarchar(33), ${column}, 126)` : column;
}

function cellOf(cell: Json, type: string): Json {
  if (typeof cell !== 'string') return cell;
  if (type === 'decimal') return numberCell(cell.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''));
  return type === 'datetime2' ? `${cell}Z` : cell;
}
