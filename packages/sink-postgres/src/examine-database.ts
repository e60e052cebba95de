import { SinkError } from '@dbsync/core/contract';
import pg from 'pg';
import type { errorCodes } from './error-codes.js';
import type { PostgresAddress } from './postgres-address.js';
import { placeOf } from './postgres-errors.js';
import { createUnicodeDatabase, isUnicode } from './postgres-health.js';
import { type Account, schemasOf } from './postgres-rights.js';
import type { SearchPath } from './session-path.js';
import { name } from './statement-text.js';

interface DatabaseRow {
  readonly encoding: string;
  readonly user: string;
  /** All schemas, also those that the account may not use. */
  readonly schemas: readonly string[];
}

const DATABASE = `SELECT current_setting('server_encoding') AS encoding, current_user::text AS user,
  ARRAY(SELECT nspname::text FROM pg_catalog.pg_namespace) AS schemas`;

/**
 * Reads the account of the session, and refuses a database that cannot hold the copy.
 * @param place where the account finds tables
 */
export async function examineDatabase(
  client: pg.ClientBase,
  address: PostgresAddress,
  searchPath: SearchPath | null,
): Promise<Account & { readonly schema: string }> {
  const { rows } = await client.query<DatabaseRow>(DATABASE);
  const [found] = rows;
  if (found === undefined || searchPath === null) throw new TypeError('The server answered no row');
  if (!isUnicode(found.encoding)) {
    const advice = `it stores ${found.encoding}. Create another: ${createUnicodeDatabase(address.database)}`;
    throw unfit('POSTGRES_ENCODING_UNFIT', address, advice);
  }
  const { schema, path } = searchPath;
  if (schema === null) throw unfit('POSTGRES_SCHEMA_MISSING', address, withoutSchema(found, path));
  return { user: found.user, schema };
}

/** Returns the reason why no schema of the search path can be used, and the statement that corrects it. */
function withoutSchema({ schemas, user }: DatabaseRow, path: string): string {
  const named = schemasOf(path);
  const [first = 'public'] = named;
  const closed = named.find((schema) => schemas.includes(schema));
  if (closed !== undefined) {
    return `${user} may not use the schema ${name(closed)}. Grant it: GRANT USAGE, CREATE ON SCHEMA ${name(closed)} TO ${name(user)}`;
  }
  const create = `CREATE SCHEMA ${name(first)} AUTHORIZATION ${name(user)}`;
  const alike = schemas.find((schema) => schema.toLowerCase() === first.toLowerCase());
  const quoted =
    alike && `. There is a schema ${name(alike)}: in search_path its name needs double quotes, as ${name(alike)}`;
  return `no schema of search_path (${path}) exists. Create it: ${create}${quoted ?? ''}`;
}

/** Errors at the login by which the server refuses a setting, or a text that is no setting. */
const SETTING_REFUSED: ReadonlySet<string> = new Set(['22023', '42601', '42704', '55P02', '22P02']);

/** Returns the error for a parameter of the address that the server does not take; null for all other errors. */
export function refusedOption(error: unknown, address: PostgresAddress): SinkError | null {
  if (!(error instanceof pg.DatabaseError) || !SETTING_REFUSED.has(error.code ?? '')) return null;
  const { serverOptions, searchPath } = address;
  // A setting in the login ends the login; a setting after it is an error of a statement.
  if (error.severity === 'FATAL') {
    const advice = `the server refuses options=${serverOptions}: ${error.message}. Write each setting as -c name=value`;
    return serverOptions === null ? null : unfit('POSTGRES_OPTION_INVALID', address, advice);
  }
  const advice = `the server refuses search_path=${searchPath}: ${error.message}. Put a name that is not of small letters, digits and _ in double quotes`;
  return searchPath === null ? null : unfit('POSTGRES_OPTION_INVALID', address, advice);
}

function unfit(code: keyof typeof errorCodes, address: PostgresAddress, advice: string): SinkError {
  return new SinkError(code, `${placeOf(address)}: ${advice}`, { verdict: 'fatal', outcome: 'not-committed' });
}
