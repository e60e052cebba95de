import { queryRows } from '../compare/query-rows.ts';

/** Returns all tables and rows of a PostgreSQL or MySQL database as one text, as another program reads them. */
export async function databaseContents(url: string): Promise<string> {
  const isPostgres = url.startsWith('postgres');
  // A view that has the name of one of PostgreSQL's catalogues would read that catalogue, which changes by itself.
  const own = "table_schema NOT IN ('pg_catalog', 'information_schema') AND table_name !~ '^pg_'";
  const condition = isPostgres ? own : 'table_schema = database()';
  const columns = await queryRows(
    url,
    `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE ${condition} ORDER BY 1, 2`,
  );
  const quote = isPostgres ? '"' : '`';
  const rows: unknown[] = [];
  for (const table of new Set(columns.map(([name]) => name))) {
    rows.push([table, await queryRows(url, `SELECT * FROM ${quote}${table}${quote} ORDER BY 1`)]);
  }
  return JSON.stringify([columns, rows]);
}
