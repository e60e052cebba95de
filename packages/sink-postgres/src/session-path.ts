import { literal, name } from './statement-text.js';

/**
 * The schemas in which dbsync's statements find functions, operators and types that they name without a schema:
 * PostgreSQL's own. Other roles may make some of the same name in any other schema, and those would run with the rights
 * of dbsync's role. Tables are always named with their schema.
 */
const OWN_PATH = 'pg_catalog, pg_temp';

/** The path on which the account would find tables by their names alone. */
export interface SearchPath {
  /** The schema that tables are made in; null: no schema of the path can be used. */
  readonly schema: string | null;
  /** The search path that the session had at first: that of the address, or of the role. */
  readonly path: string;
}

/** A path that has a schema for the tables. */
export type TableSchema = SearchPath & { readonly schema: string };

/**
 * Columns of a SELECT that reads the path, and leaves the session with dbsync's own path. It trusts no name in the
 * former path.
 */
export const NARROW_PATH = `pg_catalog.current_schema() AS schema, pg_catalog.current_setting('search_path') AS path,
  pg_catalog.set_config('search_path', ${literal(OWN_PATH)}, false)`;

/**
 * Narrows the path again between two statements of one transaction, after one that has {@link openedPath} in it.
 * Returns no row.
 */
export const NARROW_AGAIN = `SET LOCAL search_path TO ${OWN_PATH}`;

/** Narrows the path of a session again, after a statement under {@link sessionPathForChanges}. */
export const NARROW_SESSION = `SET search_path TO ${OWN_PATH}`;

/**
 * Returns a condition that is always true, and that opens the path. By then PostgreSQL has found all that its statement
 * names; triggers of other programs that run for its rows find what they name without a schema. It lasts until the
 * transaction ends.
 */
export function openedPath({ path }: SearchPath): string {
  return `(SELECT pg_catalog.set_config('search_path', ${literal(path)}, true)) IS NOT NULL`;
}

/**
 * Returns the path for changes of tables, so that event triggers of other programs find what they name. These
 * statements name no functions and no operators; types and collations are searched in one schema after the other.
 */
export function pathForChanges(path: SearchPath): string {
  return setPath(path, true);
}

/** Returns the same path for a session, since some changes cannot run in a transaction. Only these may run under it. */
export function sessionPathForChanges(path: SearchPath): string {
  return setPath(path, false);
}

function setPath({ path }: SearchPath, isLocal: boolean): string {
  const parts = ['pg_catalog', path.trim(), 'pg_temp'].filter((part) => part !== '');
  return `SELECT pg_catalog.set_config('search_path', ${literal(parts.join(', '))}, ${isLocal})`;
}

/** Returns the table with its schema, quoted. */
export function qualified(schema: string, table: string): string {
  return `${name(schema)}.${name(table)}`;
}
