import type { EngineComments, FoundComment } from '@dbsync/sql';
import { sql } from 'kysely';
import { changeTable } from './change-table.js';
import { withComments } from './column-definitions.js';
import type { ServerConnection } from './mysql-connection.js';
import type { MysqlPool } from './mysql-pool.js';
import { missingPrivileges } from './privileges.js';
import { literal, name } from './statement-text.js';

/** The servers have no comments on views. */
export function createMysqlComments(pool: MysqlPool): EngineComments {
  return {
    inColumn: (comment) => sql.raw(` comment ${literal(comment)}`),
    atEnd: (comment) => sql.raw(` comment ${literal(comment)}`),
    keeper: {
      // MariaDB has room for 64 KB of names and comments in the definition of a table.
      maxBytesPerTable: 16_000,
      read: (names, { signal }) => pool.use(signal, (connection) => readComments(connection, names)),
      write: (commented, comments, { signal }) =>
        pool.use(signal, async (connection) => {
          const table = name(commented.name);
          const [made] = await connection.query<Record<string, string>>(`SHOW CREATE TABLE ${table}`);
          const definitions = withComments(made?.['Create Table'] ?? '', comments);
          const changes = definitions.map((definition) => `MODIFY ${definition}`);
          // The server refuses it where a definition would change more than a comment, or where it would copy the table.
          if (changes.length > 0) {
            await changeTable(connection, `ALTER TABLE ${table} ${changes.join(', ')}, ALGORITHM = INSTANT`);
          }
          // MySQL does not call that instant, though it copies nothing.
          for (const { comment } of comments.filter(({ column }) => column === '')) {
            await changeTable(
              connection,
              `ALTER TABLE ${table} COMMENT = ${literal(comment)}, ALGORITHM = INPLACE, LOCK = NONE`,
            );
          }
        }),
    },
  };
}

type Found = Pick<FoundComment, 'name' | 'column' | 'comment'>;

/** An account sees only tables that it may use. Each statement names its tables, so that the server opens no others. */
async function readComments(connection: ServerConnection, names: readonly string[]): Promise<readonly FoundComment[]> {
  if (names.length === 0) return [];
  const listed = names.map(literal).join(', ');
  const [tables, columns, grants, [database] = []] = (await connection.request(
    `SELECT table_name AS name, '' AS \`column\`, table_comment AS comment FROM information_schema.tables
WHERE table_schema = database() AND table_type = 'BASE TABLE' AND engine = 'InnoDB' AND table_name IN (${listed});
SELECT table_name AS name, column_name AS \`column\`, column_comment AS comment FROM information_schema.columns
WHERE table_schema = database() AND table_name IN (${listed}) ORDER BY table_name, ordinal_position;
SHOW GRANTS; SELECT database() AS name`,
  )) as [readonly Found[], readonly Found[], readonly Record<string, string>[], readonly { readonly name: string }[]];
  const granted = grants.flatMap(Object.values<string>);
  const mayAlter = (table: string) => !missingPrivileges(granted, database?.name ?? '', [table]).includes('ALTER');
  const changeable = tables.filter((table) => mayAlter(table.name));
  const isThere = new Set(changeable.map((table) => table.name));
  return [...changeable, ...columns.filter((column) => isThere.has(column.name))].map((found) => ({
    name: found.name,
    isView: false,
    column: found.column,
    comment: found.comment === '' ? null : found.comment,
  }));
}
