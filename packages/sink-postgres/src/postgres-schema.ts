import type { EngineSchema, Obstacle, TableDescription } from '@dbsync/sql';
import { sql } from 'kysely';
import type pg from 'pg';
import { DESCRIPTION_QUERY, ESTIMATE_QUERY, TABLES_QUERY } from './catalogue.js';
import { OBSTACLES } from './column-obstacles.js';
import { deniedTable, withTableGrants } from './denied-tables.js';
import type { PostgresAddress } from './postgres-address.js';
import { createPostgresComments } from './postgres-comments.js';
import { createPostgresIndexing } from './postgres-indexes.js';
import type { PostgresPool } from './postgres-pool.js';
import { createPostgresViews, keptViews } from './postgres-views.js';
import { NARROW_AGAIN, openedPath, pathForChanges, qualified, type TableSchema } from './session-path.js';
import { literal, name, statementText } from './statement-text.js';
import { lackingRightsOf, TABLE_RIGHTS, type TableRights } from './table-rights.js';

/**
 * Creates the schema's reader and changer. All tables are in one schema: the first of the account's search path that it
 * may use.
 */
export function createPostgresSchema(
  pool: PostgresPool,
  address: PostgresAddress,
  tableSchema: TableSchema,
): EngineSchema {
  const { schema } = tableSchema;
  const table = (called: string) => qualified(schema, called);
  const rows = async <R extends pg.QueryResultRow>(
    signal: AbortSignal,
    text: string,
    values: readonly unknown[] = [],
  ) => pool.use(signal, async (client) => (await client.query<R>(text, [...values])).rows);

  const alter = async (text: string, signal: AbortSignal) => {
    await pool.useLong(signal, (client, limit) =>
      client.query(`${limitsOfChange(limit)}; ${pathForChanges(tableSchema)}; ${text}`),
    );
  };

  return {
    schemaName: schema,
    forTriggers: sql.raw(`and ${openedPath(tableSchema)}`),
    endForTriggers: sql.raw(NARROW_AGAIN),
    views: createPostgresViews(pool, tableSchema, alter),
    comments: createPostgresComments(pool, tableSchema, alter),
    indexing: createPostgresIndexing(pool, tableSchema),
    compoundPrimaryKey: sql`primary key`,
    tableOptions: sql``,
    async listTables({ signal }) {
      return (await rows<{ name: string }>(signal, TABLES_QUERY, [schema])).map((found) => found.name);
    },
    async describe(called, { signal }) {
      const [found] = await rows<{ description: TableDescription }>(signal, DESCRIPTION_QUERY, [called, schema]);
      return found?.description ?? null;
    },
    async estimateRows(called, { signal }) {
      const [found] = await rows<{ estimate: number }>(signal, ESTIMATE_QUERY, [called, schema]);
      return found === undefined || found.estimate < 0 ? null : found.estimate;
    },
    unlink: (called, key, { signal }) =>
      alter(`ALTER TABLE ${table(called)} DROP CONSTRAINT ${name(key.name)}`, signal),
    rights: {
      lacking: async (tables, { signal }) => {
        const found = await rows<TableRights>(signal, TABLE_RIGHTS, [tables, schema]);
        return found.flatMap((each) => lackingRightsOf(schema, each));
      },
      async explain(error, call, { signal }) {
        const table = deniedTable(error, call.names);
        if (table === null) return error;
        const found = await rows<TableRights>(signal, TABLE_RIGHTS, [call.names, schema]);
        return withTableGrants(error, address, schema, found, { ...call, table });
      },
    },
    loading: {
      defersKeys: true,
      share: (column, shares) => sql`abs(hashtext(${column})::bigint) % ${sql.lit(shares)}`,
      // A publication refuses deletions in a table without a key.
      isPossible: async ({ signal }) =>
        (await rows(signal, 'SELECT FROM pg_catalog.pg_publication LIMIT 1')).length === 0,
      // Autovacuum does so a minute later; until then each look-up of a thousand ids reads whole tables.
      countValues: (called, { signal }) => alter(`ANALYZE ${table(called)}`, signal),
    },
    obstacles: (called, { signal }) => rows<Obstacle>(signal, OBSTACLES, [called, schema]),
    alter: (statement, { signal }) => alter(statementText(statement), signal),
    async widen(called, columns, { signal, ownViews = [] }) {
      const changes = columns.map((column) => `ALTER COLUMN ${name(column.name)} TYPE ${column.type}`);
      const views = await pool.use(signal, (client) => keptViews(client, ownViews, schema));
      await alter(`${views.drop} ALTER TABLE ${table(called)} ${changes.join(', ')}; ${views.makeAgain}`, signal);
    },
  };
}

/**
 * Returns the settings of a change, in one transaction with its statement. Building an index may take long, once it has its
 * lock.
 */
function limitsOfChange(limit: string): string {
  return `SET LOCAL lock_timeout = ${literal('2s')}; SET LOCAL statement_timeout = ${literal(limit)}`;
}
