import type { CompiledQuery } from 'kysely';

/** Quoted; a name may hold any character but NUL, which no server takes. */
export function name(text: string): string {
  return `\`${text.replaceAll('`', '``')}\``;
}

/** What a `?` can stand in beside a parameter: quoted names and texts. Kysely writes no other quotes. */
const QUOTED_OR_PARAMETER = /`(?:[^`]|``)*`|'(?:[^'\\]|''|\\.)*'|\?/gs;

/**
 * The query with its parameters as literals: only so can several statements go in one request, and the driver's own way
 * takes a `?` in a quoted name for a parameter.
 * @param write how a parameter is written, where not by {@link literal}
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

/** As sessions of ours read it, whose backslashes escape. @throws TypeError for what has no literal */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') {
    return `'${NEEDS_ESCAPE.test(value) ? value.replace(ESCAPED, (sign) => ESCAPES[sign] ?? sign) : value}'`;
  }
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new TypeError(`No literal for a ${typeof value}`);
}
