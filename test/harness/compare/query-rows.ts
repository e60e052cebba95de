import { DatabaseSync } from 'node:sqlite';
import { createConnection, type FieldPacket } from 'mysql2/promise';
import pg from 'pg';
import { plainAddress } from '../servers/plain-address.ts';

/** The answer to a query, each value as text, as a report of another program reads them. */
export interface QueryAnswer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Returns the rows of a query. A statement that is no query has none. */
export async function queryRows(url: string, text: string): Promise<QueryAnswer['rows']> {
  return (await query(url, text)).rows;
}

/** Runs a query in the database at the address of a target. */
export async function query(url: string, text: string): Promise<QueryAnswer> {
  if (url.startsWith('sqlite:')) return sqliteAnswer(url.slice('sqlite:'.length), text);
  return url.startsWith('postgres') ? postgresAnswer(url, text) : mysqlAnswer(url.replace(/^mariadb:/, 'mysql:'), text);
}

function sqliteAnswer(file: string, text: string): QueryAnswer {
  using database = new DatabaseSync(file, { readOnly: true });
  const statement = database.prepare(text);
  statement.setReturnArrays(true);
  const rows = statement.all() as unknown as readonly (readonly unknown[])[];
  return { columns: statement.columns().map(({ name }) => name), rows: rows.map(asTexts) };
}

async function postgresAnswer(url: string, text: string): Promise<QueryAnswer> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (value: unknown) => value } });
  await client.connect();
  try {
    const { fields, rows } = await client.query<(string | null)[]>({ text, rowMode: 'array' });
    return { columns: fields.map(({ name }) => name), rows };
  } finally {
    await client.end();
  }
}

async function mysqlAnswer(url: string, text: string): Promise<QueryAnswer> {
  const connection = await createConnection({ uri: plainAddress(url), dateStrings: true, supportBigNumbers: true });
  try {
    const [rows, fields] = await connection.query({ sql: text, rowsAsArray: true });
    if (!Array.isArray(rows)) return { columns: [], rows: [] };
    const columns = (fields as FieldPacket[]).map(({ name }) => name);
    return { columns, rows: (rows as unknown as readonly (readonly unknown[])[]).map(asTexts) };
  } finally {
    await connection.end();
  }
}

function asTexts(row: readonly unknown[]): readonly (string | null)[] {
  return row.map((value) => (value === null ? null : String(value)));
}
