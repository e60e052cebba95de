import type { Finding } from '@dbsync/core/contract';
import { type ConnectionLimit, limitFinding } from '@dbsync/sql';
import type pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { schemasOf } from './postgres-rights.js';
import type { TableSchema } from './session-path.js';
import { name } from './statement-text.js';

/** The oldest version that has everything that the queries of this package use. */
const OLDEST_VERSION = 12;

interface ServerState {
  readonly version: string;
  readonly version_number: number;
  readonly encoding: string;
  readonly read_only: boolean;
  readonly standby: boolean;
  readonly may_create: boolean;
  readonly may_stage: boolean;
  readonly durable: boolean;
  readonly encrypted: boolean;
  readonly free_connections: number;
  /** The connections that the server allows to accounts without a right to reserved ones. */
  readonly allowed_connections: number;
  /** Below 0: there is no limit. */
  readonly role_limit: number;
  readonly database_limit: number;
  readonly database_mb: number;
}

/** The place of the tables, and the result of the search for a pooler. */
export interface SessionFacts {
  readonly tableSchema: TableSchema;
  /** False where a second connection could not be opened, so that no pooler was looked for. */
  readonly isPoolerExcluded: boolean;
}

const STATE = `SELECT
  current_setting('server_version') AS version,
  current_setting('server_version_num')::int / 10000 AS version_number,
  pg_encoding_to_char((SELECT encoding FROM pg_database WHERE datname = current_database())) AS encoding,
  current_setting('transaction_read_only')::bool AS read_only,
  pg_is_in_recovery() AS standby,
  has_schema_privilege($1, 'CREATE') AS may_create,
  has_database_privilege(current_database(), 'TEMPORARY') AS may_stage,
  current_setting('fsync')::bool AND current_setting('full_page_writes')::bool AS durable,
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS encrypted,
  current_setting('max_connections')::int - (SELECT count(*)::int FROM pg_stat_activity) AS free_connections,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true)::int, 0) AS allowed_connections,
  coalesce((SELECT rolconnlimit FROM pg_catalog.pg_roles WHERE rolname = session_user), -1) AS role_limit,
  coalesce((SELECT datconnlimit FROM pg_catalog.pg_database WHERE datname = current_database()), -1) AS database_limit,
  (pg_database_size(current_database()) / 1048576)::int AS database_mb`;

/** The facts of a health check. */
export interface HealthFacts extends SessionFacts {
  readonly hasCopy: boolean;
  /** The number of connections that the pool may still open. */
  readonly lacking: number;
  /** The connections that all campaigns of one file may open; undefined: the sink has its server alone. */
  readonly needed: number | undefined;
}

/** Asks the server about everything that dbsync depends on. */
export async function checkHealth(
  client: pg.ClientBase,
  address: PostgresAddress,
  { tableSchema, isPoolerExcluded, hasCopy, lacking, needed }: HealthFacts,
): Promise<readonly Finding[]> {
  const { schema } = tableSchema;
  const state = (await client.query<ServerState>(STATE, [schema])).rows[0];
  return state === undefined
    ? []
    : [
        version(state),
        encoding(state, address),
        writable(state, address),
        ...privileges(state, address, schema, hasCopy),
        searchPath(tableSchema, address),
        pooler(isPoolerExcluded, address),
        durability(state),
        connections(state, lacking),
        ...limitFinding(needed, limitsOf(state, address)),
        disk(state),
      ];
}

function finding(level: Finding['level'], what: string, remedy: string | null = null): Finding {
  return { level, what, remedy };
}

function version({ version: text, version_number: number, encrypted }: ServerState): Finding {
  const what = `PostgreSQL ${text}, ${encrypted ? 'encrypted' : 'not encrypted'}`;
  if (number >= OLDEST_VERSION) return finding('pass', what);
  return finding('warn', `${what}: older than dbsync is tested with`, `Use PostgreSQL ${OLDEST_VERSION} or newer.`);
}

function encoding({ encoding: is }: ServerState, { database }: PostgresAddress): Finding {
  if (isUnicode(is)) return finding('pass', `The database stores Unicode (${is})`);
  return finding('fail', `The database stores ${is}, not Unicode`, createUnicodeDatabase(database));
}

/** True for an encoding that keeps UTF-8. SQL_ASCII keeps any bytes. */
export function isUnicode(encodingName: string): boolean {
  return encodingName === 'UTF8' || encodingName === 'SQL_ASCII';
}

export function createUnicodeDatabase(database: string): string {
  return `CREATE DATABASE ${name(`${database}_utf8`)} ENCODING 'UTF8' TEMPLATE template0`;
}

function writable({ read_only: readOnly, standby }: ServerState, { user, database }: PostgresAddress): Finding {
  if (standby)
    return finding('fail', 'The server is a standby and takes no writes', 'Name the primary in the address.');
  if (!readOnly) return finding('pass', 'The server takes writes');
  const remedy = `ALTER ROLE ${name(user)} IN DATABASE ${name(database)} SET default_transaction_read_only = off`;
  return finding('fail', 'Transactions are read-only', remedy);
}

function privileges(
  state: ServerState,
  { user, database }: PostgresAddress,
  schema: string,
  hasCopy: boolean,
): readonly Finding[] {
  const { may_create: mayCreate, may_stage: mayStage } = state;
  return [
    mayCreate
      ? finding('pass', `The user may create tables in the schema ${schema}`)
      : finding(
          hasCopy ? 'warn' : 'fail',
          `The user may not create tables in the schema ${schema}${hasCopy ? ': those of a later version' : ''}`,
          `GRANT USAGE, CREATE ON SCHEMA ${name(schema)} TO ${name(user)}`,
        ),
    mayStage
      ? finding('pass', 'The user may use temporary tables')
      : finding(
          'fail',
          'The user may not use temporary tables',
          `GRANT TEMPORARY ON DATABASE ${name(database)} TO ${name(user)}`,
        ),
  ];
}

function durability({ durable }: ServerState): Finding {
  if (durable) return finding('pass', 'Commits survive a power cut');
  return finding(
    'warn',
    'fsync or full_page_writes is off: a power cut may destroy the database',
    'Switch both on in postgresql.conf.',
  );
}

/** Counts free connections, and those of the pool that are not open yet. */
function connections({ free_connections: free }: ServerState, lacking: number): Finding {
  if (free >= lacking) return finding('pass', `${free} connections are free`);
  return finding('warn', `Only ${free} connections are free`, 'Raise max_connections, or end other programs.');
}

function limitsOf(state: ServerState, { user, database }: PostgresAddress): readonly ConnectionLimit[] {
  const { allowed_connections: allowed, role_limit: ofRole, database_limit: ofDatabase } = state;
  return [
    { most: allowed, name: 'max_connections of the server, less the reserved ones,' },
    { most: ofRole, name: `the CONNECTION LIMIT of the role ${name(user)}` },
    { most: ofDatabase, name: `the CONNECTION LIMIT of the database ${name(database)}` },
  ].filter(({ most }) => most >= 0);
}

/** True where the path begins with the schema of the user's name, and the tables are in it. */
function isOwnSchema({ schema, path }: TableSchema, user: string): boolean {
  return schema === user && /^\s*(?:"\$user"|\$user)\s*(?:,|$)/.test(path);
}

/** Warns where a schema that the search path names first is not used: the tables are in another one than intended. */
function searchPath({ schema, path }: TableSchema, { user }: PostgresAddress): Finding {
  if (isOwnSchema({ schema, path }, user))
    return finding('pass', `The tables are in the schema ${schema} (search_path: ${path})`);
  const [first = schema] = schemasOf(path);
  if (first === schema) return finding('pass', `The tables are in the schema ${schema} (search_path: ${path})`);
  return finding(
    'warn',
    `search_path (${path}) names ${first} first, which is not there or may not be used: the tables are in ${schema}`,
    `CREATE SCHEMA IF NOT EXISTS ${name(first)}; GRANT USAGE, CREATE ON SCHEMA ${name(first)} TO ${name(user)} -- or name the right one in the address: ?search_path=${schema}`,
  );
}

/**
 * Reports on poolers in transaction mode. One that was seen refuses the login. A pooler whose other clients are busy may by
 * chance keep its backends apart in all looks, so this is no proof.
 */
function pooler(isExcluded: boolean, { user }: PostgresAddress): Finding {
  if (isExcluded) return finding('pass', 'No pooler in transaction mode was seen: each connection keeps its backend');
  const what = 'The account may have one connection only, so a pooler in transaction mode could not be looked for';
  return finding('unknown', what, `ALTER ROLE ${name(user)} CONNECTION LIMIT 8`);
}

function disk({ database_mb: megabytes }: ServerState): Finding {
  const what = `The database has ${megabytes} MB; PostgreSQL does not tell how much room its disk has`;
  return finding('unknown', what, 'On the server: df -h "$(psql -Atc \'SHOW data_directory\')"');
}
