import { SinkError } from '@dbsync/core/contract';
import { type BuildIndex, type EngineIndexing, isIndexName, otherIndexName } from '@dbsync/sql';
import { sql } from 'kysely';
import type pg from 'pg';
import type { PostgresPool } from './postgres-pool.js';
import { TAKEN } from './postgres-views.js';
import { NARROW_SESSION, qualified, sessionPathForChanges, type TableSchema } from './session-path.js';
import { literal, statementText } from './statement-text.js';

/**
 * Builds indexes by CREATE INDEX CONCURRENTLY, which lets others read and write; those of a small table at once. It cannot
 * run in a transaction, and waits for all older ones, so it has a session of its own. While it runs, no column can be changed: `alter` gives up after 2 s,
 * and its change is tried again later.
 */
export function createPostgresIndexing(pool: PostgresPool, tableSchema: TableSchema): EngineIndexing {
  const { schema } = tableSchema;
  return {
    partOf: ({ name }) => sql.id(name),
    statement: ({ name, table, parts }, isSmall) =>
      sql`create index ${sql.raw(isSmall ? '' : 'concurrently ')}${name} on ${table} (${parts})`,
    holdsUpWrites: () => false,
    alone: (options, run) =>
      pool.useAlone(options.signal, async (client) => {
        if (!(await isOnlyBuilder(client, schema))) return null;
        return run((table, usual, statementFor) => build(client, tableSchema, { table, usual, statementFor }));
      }),
  };
}

interface Building {
  readonly table: string;
  readonly usual: string;
  readonly statementFor: Parameters<BuildIndex>[2];
}

async function build(client: pg.ClientBase, tableSchema: TableSchema, building: Building): Promise<void> {
  const { schema } = tableSchema;
  const { table, usual, statementFor } = building;
  const isSmall = await hasFewPages(client, schema, table);
  await client.query(isSmall ? SMALL_LIMITS : LIMITS);
  await dropInvalid(client, tableSchema, building);
  const { rows } = await client.query(TAKEN, [[usual], schema]);
  const name = rows.length === 0 ? usual : otherIndexName(usual);
  try {
    await change(client, tableSchema, statementText(statementFor(name, isSmall)));
  } catch (error) {
    // An index that is not complete costs each write its time, and serves no report.
    await dropInvalid(client, tableSchema, building).catch(() => {});
    throw error;
  }
}

/** The time for which a build waits for each older transaction, such as a report; rows are read and written meanwhile. */
const LIMITS = `SET lock_timeout = ${literal('10min')}; SET statement_timeout = 0`;

const SMALL_LIMITS = `SET lock_timeout = ${literal('2s')}; SET statement_timeout = 0`;

/** A table of fewer bytes is read in some tens of milliseconds. */
const SMALL_BYTES = 16 << 20;

const BYTES = `SELECT pg_catalog.pg_relation_size(oid)::float8 AS bytes FROM pg_catalog.pg_class
WHERE relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1) AND relname = $2 AND relkind = 'r'`;

/**
 * The indexes of a table that are not valid: a build has left them incomplete, or is under way. `builder` is another session
 * that builds an index of the table now. Locks tell the table: the view of builds hides it where the builder is a superuser.
 */
const INVALID = `SELECT own.relname AS name, (
  SELECT min(build.pid) FROM pg_catalog.pg_stat_progress_create_index AS build
  JOIN pg_catalog.pg_locks AS held ON held.pid = build.pid AND held.database = build.datid
  WHERE build.pid <> pg_backend_pid() AND build.datname = current_database() AND held.granted AND held.relation = indrelid
) AS builder FROM pg_catalog.pg_index JOIN pg_catalog.pg_class AS own ON own.oid = indexrelid
WHERE indrelid = (SELECT oid FROM pg_catalog.pg_class WHERE relname = $2
  AND relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)) AND NOT indisvalid`;

/**
 * Keeps other processes from building in the schema, and from dropping what this one builds, until the session ends. Returns
 * false where another process was quicker.
 */
async function isOnlyBuilder(client: pg.ClientBase, schema: string): Promise<boolean> {
  const key = `hashtextextended(${literal(`dbsync indexes in ${schema}`)}, 0::bigint)`;
  const { rows } = await client.query<{ got: boolean }>(`SELECT pg_catalog.pg_try_advisory_lock(${key}) AS got`);
  return rows[0]?.got === true;
}

/**
 * True for a table whose index is built before writes notice: it needs no look at older transactions, and a change of
 * columns does not meet it.
 */
async function hasFewPages(client: pg.ClientBase, schema: string, table: string): Promise<boolean> {
  const { rows } = await client.query<{ bytes: number }>(BYTES, [schema, table]);
  return rows.some(({ bytes }) => bytes < SMALL_BYTES);
}

/**
 * Drops what builds of this index have left incomplete. While another session builds, it drops none: one of them may be the index
 * that the session builds, which is not valid before its end, and a DROP would wait until then.
 *
 * @throws a retryable SinkError while another session builds an index of the table
 */
async function dropInvalid(client: pg.ClientBase, tableSchema: TableSchema, { table, usual }: Building): Promise<void> {
  const { rows } = await client.query<InvalidIndex>(INVALID, [tableSchema.schema, table]);
  for (const { name, builder } of rows.filter((index) => isIndexName(usual, index.name))) {
    if (builder !== null) throw builtElsewhere(table, builder);
    await change(client, tableSchema, `DROP INDEX CONCURRENTLY ${qualified(tableSchema.schema, name)}`);
  }
}

interface InvalidIndex {
  readonly name: string;
  readonly builder: number | null;
}

function builtElsewhere(table: string, builder: number): SinkError {
  const message = `another session, with the pid ${builder}, builds an index of ${table} just now`;
  return new SinkError('POSTGRES_BUSY', message, { verdict: 'retryable', outcome: 'not-committed' });
}

/** Changes an index under the path for changes. Before and after it nothing of another role is found by its name. */
async function change(client: pg.ClientBase, tableSchema: TableSchema, text: string): Promise<void> {
  await client.query(sessionPathForChanges(tableSchema));
  try {
    await client.query(text);
  } finally {
    await client.query(NARROW_SESSION);
  }
}
