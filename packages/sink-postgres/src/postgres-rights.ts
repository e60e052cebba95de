import type { PostgresAddress } from './postgres-address.js';
import { name } from './statement-text.js';

/** The user and the schema of the session, as the server names them. */
export interface Account {
  /** The account that statements run as: an option may have changed it. */
  readonly user: string;
  /** The schema in which tables are made; null: no schema of the search path can be used. */
  readonly schema: string | null;
}

/**
 * Returns the statements by which an administrator gives the account the rights that dbsync needs on the database and the schema. Those
 * on tables that exist are named by {@link withTableGrants}.
 */
export function grantsFor(address: PostgresAddress, account: Account | null): string {
  const user = name(account?.user ?? address.user);
  const database = name(address.database);
  return `GRANT CONNECT, TEMPORARY ON DATABASE ${database} TO ${user}; GRANT USAGE, CREATE ON SCHEMA ${schemaOf(address, account)} TO ${user}`;
}

/** Returns the schema of the tables, quoted: the session's, else the first one that the address names. */
export function schemaOf(address: PostgresAddress, account: Account | null): string {
  return name(account?.schema ?? schemasOf(address.searchPath ?? '')[0] ?? 'public');
}

/** Returns the schemas of a search path, as the server reads them: in small letters where they are not quoted. */
export function schemasOf(searchPath: string): string[] {
  const parts = searchPath.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,"]+?))\s*(?:,|$)/g);
  return Array.from(parts, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '').filter(
    (schema) => schema !== '' && schema !== '$user',
  );
}
