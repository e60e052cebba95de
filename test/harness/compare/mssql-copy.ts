import type { TediousClient } from '@dbsync/tds-peer/tedious-client';
import { connectMssql } from '../servers/mssql-database.ts';
import { idsByPages, readCopyColumns } from './copy-columns.ts';
import type { ColumnKind } from './exact-cells.ts';
import { type CopyRow, type CopyTable, idColumnOf, type StoredCopy, storedDeadLetter } from './stored-copy.ts';

export interface MssqlCopyOptions {
  readonly tablePrefix?: string;
}

/** The most values of a list. */
const LISTED_AT_ONCE = 1_000;

/** Reads a copy in a SQL Server database over a connection of its own, every value as text. Dispose of it to close. */
export async function openMssqlCopy(
  url: string,
  { tablePrefix = 'mcall_' }: MssqlCopyOptions = {},
): Promise<StoredCopy & AsyncDisposable> {
  const client = await connectMssql(url);
  const table = (of: string) => quoted(`${tablePrefix}${of}`);
  const map = await select(
    client,
    ['table_name', 'field', 'column_name'],
    `${table('sync_columns')} WHERE table_name <> ''`,
  );
  const types = new Map<CopyTable, ReadonlyMap<string, string>>();
  const columns = await readCopyColumns(map, async (each) => {
    const typesOfTable = await readTypes(client, tablePrefix + each);
    types.set(each, typesOfTable);
    return new Map([...typesOfTable].map(([name, type]) => [name, kindOf(type)] as const));
  });
  return {
    columns,
    count: async (of) => Number((await client.runBatch(`SELECT COUNT(*) AS n FROM ${table(of)}`)).rows[0]?.[0]),
    rowsOf: async (of, ids) => {
      const rows: CopyRow[] = [];
      for (let start = 0; start < ids.length; start += LISTED_AT_ONCE) {
        const listed = ids
          .slice(start, start + LISTED_AT_ONCE)
          .map(literal)
          .join(', ');
        const from = `${table(of)} WHERE ${quoted(idColumnOf(of))} IN (${listed})`;
        rows.push(...(await selectTyped(client, types.get(of) ?? new Map(), from)));
      }
      return rows;
    },
    ids: (of) => {
      const id = idColumnOf(of);
      return idsByPages(async (after, limit) => {
        const from = `${table(of)} WHERE ${quoted(id)} > ${literal(after)}
          ORDER BY ${quoted(id)} OFFSET 0 ROWS FETCH NEXT ${limit} ROWS ONLY`;
        return (await select(client, [id], from)).map((row) => row[id]);
      });
    },
    deadLetters: async () =>
      (await select(client, ['kind', 'contact_id', 'body'], table('dead_letters'))).map(storedDeadLetter),
    [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
  };
}

/** Reads columns under numbers: not every server of the protocol returns every name. */
async function selectTyped(
  client: TediousClient,
  types: ReadonlyMap<string, string>,
  from: string,
): Promise<CopyRow[]> {
  const names = [...types.keys()];
  const list = names.map((name, at) => `${readable(name, types.get(name) ?? '')} AS c${at}`);
  const { rows } = await client.runBatch(`SELECT ${list.join(', ')} FROM ${from}`);
  return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])));
}

function select(client: TediousClient, names: readonly string[], from: string): Promise<CopyRow[]> {
  return selectTyped(client, new Map(names.map((name) => [name, 'nvarchar'])), from);
}

async function readTypes(client: TediousClient, table: string): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.runBatch(`SELECT COLUMN_NAME AS name, DATA_TYPE AS type FROM INFORMATION_SCHEMA.COLUMNS
    WHERE TABLE_SCHEMA = SCHEMA_NAME() AND TABLE_NAME = ${literal(table)} ORDER BY ORDINAL_POSITION`);
  return new Map(rows.map(([name, type]) => [String(name), String(type)]));
}

/** Returns an expression that the driver reads exactly: it would round numbers, and cut times. */
function readable(name: string, type: string): string {
  const kind = kindOf(type);
  if (kind === 'number') return `CAST(${quoted(name)} AS nvarchar(60))`;
  return kind === 'instant' ? `CONVERT(nvarchar(33), ${quoted(name)}, 121)` : quoted(name);
}

function kindOf(type: string): ColumnKind {
  if (/^(datetime|smalldatetime|date$)/.test(type)) return 'instant';
  if (type === 'bit') return 'boolean';
  return /^(decimal|numeric|float|real|money|(big|small|tiny)?int$)/.test(type) ? 'number' : 'text';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a text as a literal. No id has a line end, before which a backslash would join two lines. */
function literal(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
