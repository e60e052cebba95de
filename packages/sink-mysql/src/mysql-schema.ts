import type { EngineSchema } from '@dbsync/sql';
import { sql } from 'kysely';
import { describeTable, estimateQuery, TABLES_QUERY, triggersQuery } from './catalogue.js';
import { changeTable } from './change-table.js';
import { columnObstacles } from './column-obstacles.js';
import { createMysqlComments } from './mysql-comments.js';
import type { ServerConnection } from './mysql-connection.js';
import { createMysqlIndexing } from './mysql-indexes.js';
import type { MysqlPool } from './mysql-pool.js';
import { createMysqlViews } from './mysql-views.js';
import type { ServerKind } from './server-facts.js';
import { name, statementText } from './statement-text.js';
import { EXACT_COLLATION, tableOptionsFor } from './table-charset.js';
import { widenStatement } from './widen-columns.js';

/** Creates the schema's reader and changer. All tables are in the one database of the address. */
export function createMysqlSchema(pool: MysqlPool, kind: ServerKind): EngineSchema {
  return {
    tableOptions: sql.raw(tableOptionsFor({ charset: 'utf8mb4', collation: EXACT_COLLATION[kind] })),
    views: createMysqlViews(pool),
    comments: createMysqlComments(pool),
    indexing: createMysqlIndexing(pool),
    compoundPrimaryKey: sql`primary key`,
    listTables: ({ signal }) =>
      pool.use(signal, async (connection) => {
        const tables = await connection.query<{ name: string }>(TABLES_QUERY);
        return tables.map(({ name }) => name);
      }),
    triggers: {
      suspects: new Set(['MYSQL_SCHEMA_CHANGED', 'MYSQL_PRIVILEGE_MISSING', 'MYSQL_ROW_REFUSED', 'MYSQL_FAILED']),
      list: (tables, { signal }) =>
        pool.use(signal, async (connection) => {
          const triggers = await connection.query<{ name: string }>(triggersQuery(tables));
          return triggers.map(({ name }) => name);
        }),
    },
    describe: (table, { signal }) => pool.use(signal, (connection) => describeTable(connection, table)),
    estimateRows: (table, { signal }) =>
      pool.use(signal, async (connection) => {
        const [found] = await connection.query<{ estimate: unknown }>(estimateQuery(table));
        const estimate = Number(found?.estimate ?? Number.NaN);
        return Number.isFinite(estimate) ? estimate : null;
      }),
    unlink: (table, key, { signal }) =>
      pool.useLong(signal, (connection) =>
        changeTable(connection, `ALTER TABLE ${name(table)} DROP FOREIGN KEY ${name(key.name)}`),
      ),
    loading: {
      defersKeys: true,
      share: (column, shares) => sql`mod(crc32(${column}), ${sql.lit(shares)})`,
      isPossible: ({ signal }) => pool.use(signal, takesTablesWithoutKey),
      // The server would copy the table to check each row, which takes twice as long as loading it.
      link: (statement, { signal }) =>
        pool.useLong(signal, (connection) =>
          changeTable(connection, `SET SESSION foreign_key_checks = 0; ${statementText(statement)}`),
        ),
    },
    obstacles: (table, { signal }) => pool.use(signal, (connection) => columnObstacles(connection, table)),
    alter: (statement, { signal }) =>
      pool.useLong(signal, (connection) => changeTable(connection, statementText(statement))),
    widen: (table, columns, { signal }) =>
      pool.useLong(signal, async (connection) =>
        changeTable(connection, await widenStatement(connection, table, columns)),
      ),
  };
}

/**
 * Returns whether tables may be without a primary key for a time. Some servers refuse that, a cluster cannot replicate it,
 * and some add a hidden key of their own.
 */
async function takesTablesWithoutKey(connection: ServerConnection): Promise<boolean> {
  const settings = await connection.query<{ readonly Variable_name: string; readonly Value: string }>(
    `SHOW VARIABLES WHERE Variable_name IN ('sql_require_primary_key', 'innodb_force_primary_key', 'wsrep_on',
'sql_generate_invisible_primary_key', 'group_replication_group_name')`,
  );
  return settings.every(({ Value }) => Value === 'OFF' || Value === '');
}
