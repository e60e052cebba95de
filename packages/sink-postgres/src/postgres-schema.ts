import type { EngineSchema, Obstacle, TableDescription } from '@dbsync/sql';
import { sql } from 'kysely';
import type pg from 'pg';
import { OBSTACLES } from './column-obstacles.js';
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
export function createPostgresSchema(pool: PostgresPool, tableSchema: TableSchema): EngineSchema {
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
      return (await rows<{ name: string }>(signal, TABLES, [schema])).map((found) => found.name);
    },
    async describe(called, { signal }) {
      const [found] = await rows<{ description: TableDescription }>(signal, DESCRIPTION, [called, schema]);
      return found?.description ?? null;
    },
    async estimateRows(called, { signal }) {
      const [found] = await rows<{ estimate: number }>(signal, ESTIMATE, [called, schema]);
      return found === undefined || found.estimate < 0 ? null : found.estimate;
    },
    unlink: (called, key, { signal }) =>
      alter(`ALTER TABLE ${table(called)} DROP CONSTRAINT ${name(key.name)}`, signal),
    lackingRights: async (tables, { signal }) => {
      const found = await rows<TableRights>(signal, TABLE_RIGHTS, [tables, schema]);
      return found.flatMap((each) => lackingRightsOf(schema, each));
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

const TABLES = `SELECT relname AS name FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) AND relkind IN ('r', 'p')`;

/** The count of the last VACUUM or ANALYZE; -1: there was none. */
const ESTIMATE = `SELECT reltuples::float8 AS estimate FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = $1`;

/**
 * Describes a table. A column's collation is part of its type where the two differ. A column that the database computes
 * or counts gets a type that is never written. A trigger that runs before each row is inserted or updated can drop the
 * row. Partial indexes, and those on expressions, are left out; so are unique ones that are checked only at the commit,
 * because an upsert finds no row by them.
 */
const DESCRIPTION = `WITH target AS (
  SELECT oid FROM pg_catalog.pg_class
  WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $2) AND relname = $1 AND relkind IN ('r', 'p')
), columns AS (
  SELECT attnum, attname, format_type(atttypid, atttypmod) || coalesce(' COLLATE ' || quote_ident(collname), '')
    || CASE WHEN attgenerated <> '' THEN ' (computed)' WHEN attidentity <> '' THEN ' (identity)' ELSE '' END AS type
  FROM pg_catalog.pg_attribute JOIN pg_catalog.pg_type ON pg_type.oid = atttypid
  LEFT JOIN pg_catalog.pg_collation ON pg_collation.oid = attcollation AND attcollation <> typcollation
  WHERE attrelid = (SELECT oid FROM target) AND attnum > 0 AND NOT attisdropped
), indexes AS (
  SELECT indexrelid, indisunique AND indimmediate AS finds, (
    SELECT json_agg(attname ORDER BY place) FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place)
    JOIN columns ON attnum = number WHERE place <= indnkeyatts
  ) AS names, (SELECT relname FROM pg_catalog.pg_class WHERE pg_class.oid = indexrelid) AS name FROM pg_catalog.pg_index
  WHERE indrelid = (SELECT oid FROM target) AND indisvalid AND indpred IS NULL AND indexprs IS NULL
), keys AS (
  SELECT columns.attname AS column, conname AS name,
    CASE WHEN nspname = $2 THEN '' ELSE nspname || '.' END || relname AS table,
    EXISTS (SELECT FROM pg_catalog.pg_attribute own WHERE own.attrelid = confrelid AND own.attname = '$changed') AS "isCopy"
  FROM pg_catalog.pg_constraint JOIN columns ON attnum = conkey[1]
  JOIN pg_catalog.pg_class ON pg_class.oid = confrelid JOIN pg_catalog.pg_namespace ON pg_namespace.oid = relnamespace
  WHERE conrelid = (SELECT oid FROM target) AND contype = 'f' AND cardinality(conkey) = 1
)
SELECT json_build_object(
  'columns', (SELECT json_agg(json_build_object('name', attname, 'type', type) ORDER BY attnum) FROM columns),
  'uniqueKeys', (SELECT coalesce(json_agg(names), '[]') FROM indexes WHERE finds),
  'indexes', (SELECT coalesce(json_agg(names ORDER BY indexrelid), '[]') FROM indexes),
  'indexNames', (SELECT coalesce(json_agg(name ORDER BY indexrelid), '[]') FROM indexes),
  'foreignKeys', (SELECT coalesce(json_agg(row_to_json(keys)), '[]') FROM keys),
  'droppingTriggers', (SELECT string_agg(tgname, ', ') FROM pg_catalog.pg_trigger
    WHERE tgrelid = (SELECT oid FROM target) AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 3 = 3 AND tgtype & 20 <> 0)
) AS description FROM target`;
