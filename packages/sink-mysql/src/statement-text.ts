import type { CompiledQuery } from 'kysely';

/** Quotes a name. It may hold any character but NUL, which no server takes. */
export function name(text: string): string {
  return `\`${text.replaceAll('`', '``')}\``;
}

/** Matches quoted names and texts, in which a `?` is no parameter, and parameters. Kysely writes no other quotes. */
const QUOTED_OR_PARAMETER = /`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'|\?/gs;

/**
 * Returns the query with its parameters as literals: several statements in one request need them, and the driver would
 * take a `?` in a quoted name for a parameter.
 * @param write writes a parameter, where {@link literal} is not to do it
 */
export function statementText(
  { sql, parameters }: Pick<CompiledQuery, 'sql' | 'parameters'>,
  write: (value: unknown) => string = literal,
): string {
  let next = 0;
  return sql.replace(QUOTED_OR_PARAMETER, (found: string) => (found === '?' ? write(parameters[next++]) : found));
}

const NEEDS_ESCAPE = /[\0\\']/;
const ESCAPED = new RegExp(NEEDS_ESCAPE, 'g');
const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\\': '\\\\', "'": "\\'" };

/**
 * Writes a value as a literal for dbsync's sessions, in which backslashes escape. @throws TypeError for a value that
 * has none
 */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') {
    return `'${NEEDS_ESCAPE.test(value) ? value.replace(ESCAPED, (sign) => ESCAPES[sign] ?? sign) : value}'`;
  }
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new TypeError(`No literal for a ${typeof value}`);
}
