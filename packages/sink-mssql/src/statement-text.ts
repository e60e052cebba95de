import type { CompiledQuery } from 'kysely';

/** Quotes a name for a statement; sessions run with QUOTED_IDENTIFIER ON. */
export function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** Quotes a name for operators, whose tools may have that setting off. */
export function bracketed(identifier: string): string {
  return `[${identifier.replaceAll(']', ']]')}]`;
}

/** Returns the statements as one transaction. */
export function inTransaction(statements: readonly string[]): string {
  return ['BEGIN TRANSACTION', ...statements, 'COMMIT TRANSACTION'].join(';\n');
}

/** Matches quoted names and texts, in which an `@` is no parameter, and parameters. Kysely writes no other quotes. */
const QUOTED_OR_PARAMETER = /"(?:[^"]|"")*"|'(?:[^']|'')*'|@(\d+)/g;

/**
 * Returns the query with its parameters as literals: a batch of several statements takes at most 2,100 parameters in
 * all, and a batch with parameters is a scope of its own, in which temporary tables and settings end.
 */
export function statementText(query: CompiledQuery): string {
  return query.sql.replace(QUOTED_OR_PARAMETER, (found: string, number: string | undefined) =>
    number === undefined ? found : literal(query.parameters[Number(number) - 1]),
  );
}

/** Writes a value as a literal. @throws TypeError for a value that has none */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return textLiteral(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new TypeError(`No literal for a ${typeof value}`);
}

/**
 * Matches texts that need parts: a backslash before the end of a line would join the two lines, and NUL may end a text.
 */
const NEEDS_PARTS = /\\(?=[\r\n])|\0/;
const PARTS = /(?<=\\)(?=[\r\n])|(\0)/;

/**
 * Writes a text in parts. The first part is of unlimited length, so that the whole is: otherwise two short ones are cut
 * to 4,000 characters.
 */
function textLiteral(text: string): string {
  if (!NEEDS_PARTS.test(text)) return quoted(text);
  const parts = text.split(PARTS).filter((part) => part !== undefined && part !== '');
  const written = parts.map((part) => (part === '\0' ? 'NCHAR(0)' : quoted(part)));
  return `(CAST(N'' AS nvarchar(max)) + ${written.join(' + ')})`;
}

function quoted(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
