import { createConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';

/**
 * Returns the rows of a query, each value as text, as a report of another program reads them. A statement that is no
 * query has none.
 */
export async function queryRows(url: string, text: string): Promise<readonly (readonly (string | null)[])[]> {
  if (!url.startsWith('postgres')) return mysqlRows(url.replace(/^mariadb:/, 'mysql:'), text);
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => (value: unknown) => value } });
  await client.connect();
  try {
    return (await client.query<(string | null)[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}

async function mysqlRows(url: string, text: string) {
  const connection = await createConnection({ uri: url, dateStrings: true, supportBigNumbers: true });
  try {
    const [rows] = await connection.query<RowDataPacket[][] | ResultSetHeader>({ sql: text, rowsAsArray: true });
    return (Array.isArray(rows) ? rows : []).map((row) => row.map((value) => (value === null ? null : String(value))));
  } finally {
    await connection.end();
  }
}
