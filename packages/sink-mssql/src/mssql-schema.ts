import { SinkError } from '@dbsync/core/contract';
import type { EngineSchema } from '@dbsync/sql';
import { sql } from 'kysely';
import type { ServerKind } from './babelfish.js';
import { readCatalogue } from './catalogue.js';
import { changeTable } from './change-table.js';
import { columnObstacles } from './column-obstacles.js';
import { createMssqlComments } from './mssql-comments.js';
import { createMssqlIndexing } from './mssql-indexes.js';
import type { MssqlPool } from './mssql-pool.js';
import { createMssqlViews } from './mssql-views.js';
import { literal, name, statementText } from './statement-text.js';
import { widenStatements } from './widen-columns.js';

/**
 * Creates the schema's reader and changer. All tables are in the user's default schema, where CREATE TABLE puts tables,
 * and where names are searched first.
 */
export function createMssqlSchema(pool: MssqlPool, server: ServerKind): EngineSchema {
  return {
    views: createMssqlViews(pool),
    ...(!server.isBabelfish && { comments: createMssqlComments(pool) }),
    indexing: createMssqlIndexing(pool, server),
    compoundPrimaryKey: sql`primary key nonclustered`,
    tableOptions: sql``,
    async listTables({ signal }) {
      const [tables = []] = await pool.use(signal, (connection) => connection.batch(TABLES, { signal }));
      return tables.map((table) => String(table.name));
    },
    async describe(table, { signal }) {
      const found = await pool.use(signal, (connection) => readCatalogue(connection, table, server, { signal }));
      if (found === null) return null;
      const indexes = found.indexes.filter(({ filter }) => filter === null);
      const columnsOf = (index: (typeof indexes)[number]) => index.columns.map(({ name }) => name);
      return {
        columns: found.columns.map(({ name, type }) => ({ name, type })),
        uniqueKeys: indexes.filter(({ unique }) => unique).map(columnsOf),
        indexes: indexes.map(columnsOf),
        indexNames: indexes.map(({ name }) => name),
        foreignKeys: found.foreignKeys,
      };
    },
    async estimateRows(table, { signal }) {
      if (server.isBabelfish) return null;
      const [[found] = []] = await pool.use(signal, (connection) => connection.batch(estimateQuery(table), { signal }));
      const estimate = Number(found?.estimate ?? Number.NaN);
      return Number.isFinite(estimate) ? estimate : null;
    },
    unlink: (table, key, options) =>
      pool.use(options.signal, (connection) =>
        changeTable(connection, `ALTER TABLE ${name(table)} DROP CONSTRAINT ${name(key.name)}`, options),
      ),
    obstacles: (table, options) =>
      server.isBabelfish
        ? Promise.resolve([])
        : pool.use(options.signal, (connection) => columnObstacles(connection, table, options)),
    alter: (statement, options) =>
      pool.use(options.signal, (connection) => changeTable(connection, statementText(statement), options)),
    widen: (table, columns, options) =>
      pool.use(options.signal, async (connection) => {
        const found = await readCatalogue(connection, table, server, options);
        if (found === null) throw vanished(table);
        await changeTable(connection, widenStatements(table, columns, found, server), options);
      }),
  };
}

const TABLES = `SELECT TABLE_NAME AS name FROM INFORMATION_SCHEMA.TABLES
WHERE TABLE_SCHEMA = SCHEMA_NAME() AND TABLE_TYPE = 'BASE TABLE'`;

/** The count that the server keeps of each partition. */
function estimateQuery(table: string): string {
  return `SELECT SUM(p.rows) AS estimate FROM sys.partitions AS p
JOIN sys.tables AS t ON t.object_id = p.object_id
WHERE t.name = ${literal(table)} AND t.schema_id = SCHEMA_ID() AND p.index_id IN (0, 1)`;
}

function vanished(table: string): SinkError {
  const details = { verdict: 'retryable', outcome: 'not-committed' } as const;
  return new SinkError('MSSQL_SCHEMA_CHANGED', `The table ${table} was removed before it could be changed`, details);
}
