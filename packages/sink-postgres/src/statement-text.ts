import type { CompiledQuery } from 'kysely';
import pg from 'pg';

export const name = pg.escapeIdentifier;

/** Matches quoted names and texts, in which a `$` is no parameter, and parameters. Kysely writes no other quotes. */
const QUOTED_OR_PARAMETER = /"(?:[^"]|"")*"|'(?:[^']|'')*'|\$(\d+)/g;

/**
 * Returns the query with its parameters as literals, since only the simple protocol takes several statements in one
 * request. Every literal is of unknown type at first, as parameters are: PostgreSQL takes the type from the context.
 */
export function statementText(query: CompiledQuery): string {
  return query.sql.replace(QUOTED_OR_PARAMETER, (found: string, number: string | undefined) =>
    number === undefined ? found : literal(query.parameters[Number(number) - 1]),
  );
}

/**
 * Writes a value as a literal. @throws TypeError for a value that has none; a text never holds NUL, which would end the
 * request
 */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string' && !value.includes('\0')) return pg.escapeLiteral(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `'${value}'`;
  throw new TypeError(`No literal for a ${typeof value}`);
}
