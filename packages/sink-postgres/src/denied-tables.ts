import { SinkError } from '@dbsync/core/contract';
import type { DeniedCall } from '@dbsync/sql';
import pg from 'pg';
import type { PostgresAddress } from './postgres-address.js';
import { isPolicy, placeOf, textOf } from './postgres-errors.js';
import { qualified } from './session-path.js';
import { name } from './statement-text.js';
import type { TableRights } from './table-rights.js';

/** The number of rights on rows that {@link TableRights} looks for. */
const ALL_RIGHTS = 4;

/**
 * Returns the table or view whose rights the error is about; null for other errors. The server tells its name in the message alone, in
 * the server's language: so it is the one of these names that is a word of it.
 */
export function deniedTable({ code, cause }: SinkError, names: readonly string[]): string | null {
  if (code !== 'POSTGRES_PRIVILEGE_MISSING' || !(cause instanceof pg.DatabaseError) || isPolicy(cause)) return null;
  const named = names.filter((each) => isIn(cause.message, each));
  return named[0] ?? null;
}

function isIn(text: string, word: string): boolean {
  return text.split(/[^\p{L}\p{N}_$-]+/u).includes(word);
}

/**
 * Returns the error with the statements that give the account its rights on the tables, in place of those on the schema.
 * @param rights those on all tables and views of dbsync that exist
 */
export function withTableGrants(
  error: SinkError,
  address: PostgresAddress,
  schema: string,
  rights: readonly TableRights[],
  call: DeniedCall & { readonly table: string },
): SinkError {
  const statements = grantsOn(schema, rights, call);
  if (statements.length === 0) return error;
  const message = `${placeOf(address)}: ${textOf(error.cause)}. Grant it: ${statements.join('; ')}`;
  return new SinkError(error.code, message, { ...error, cause: error.cause });
}

function grantsOn(
  schema: string,
  rights: readonly TableRights[],
  { table, onlyLooks }: DeniedCall & { readonly table: string },
): readonly string[] {
  const isRestored = rights.every(({ owns, lacks, may_create: mayCreate }) => {
    return mayCreate && !owns && lacks.length === ALL_RIGHTS;
  });
  // A restore under another owner takes all tables from an account that makes them.
  if (isRestored) return rights.map((each) => ownership(schema, each));
  const found = rights.find((each) => each.table === table);
  if (found === undefined) return [];
  const { lacks, owns } = found;
  if (found.is_view || lacks.length === 0) return owns ? [] : [ownership(schema, found)];
  const missing = onlyLooks && lacks.includes('SELECT') ? ['SELECT'] : lacks;
  return [`GRANT ${missing.join(', ')} ON ${qualified(schema, table)} TO ${name(found.user)}`];
}

function ownership(schema: string, { table, user, is_view: isView }: TableRights): string {
  return `ALTER ${isView ? 'VIEW' : 'TABLE'} ${qualified(schema, table)} OWNER TO ${name(user)}`;
}
