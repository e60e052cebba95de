import { DatabaseSync } from 'node:sqlite';
import mysql from 'mysql2/promise';
import pg from 'pg';

/** A row of a report by the names of its columns, each cell as text. */
export type ReportRow = Readonly<Record<string, string | null>>;

/** Runs a query as a reporting program does, and returns its rows. */
export async function reportRows(url: string, query: string): Promise<readonly ReportRow[]> {
  if (url.startsWith('sqlite:')) return sqliteRows(url.slice('sqlite:'.length), query);
  return url.startsWith('postgres') ? postgresRows(url, query) : mysqlRows(url.replace(/^mariadb:/, 'mysql:'), query);
}

function sqliteRows(file: string, query: string): readonly ReportRow[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare(query).all().map(asTexts);
}

async function postgresRows(url: string, query: string): Promise<readonly ReportRow[]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows.map(asTexts);
  } finally {
    await client.end();
  }
}

async function mysqlRows(url: string, query: string): Promise<readonly ReportRow[]> {
  const address = new URL(url);
  address.search = '';
  const connection = await mysql.createConnection({ uri: address.href, dateStrings: true, supportBigNumbers: true });
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(query);
    return rows.map(asTexts);
  } finally {
    await connection.end();
  }
}

function asTexts(row: Readonly<Record<string, unknown>>): ReportRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)]));
}
