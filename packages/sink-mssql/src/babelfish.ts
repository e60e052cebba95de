import type { MssqlVerdict } from './error-numbers.js';
import type { MssqlConnection, RequestOptions } from './mssql-connection.js';
import { literal } from './statement-text.js';

/** The error number of Babelfish for PostgreSQL for every error that SQL Server has no number for. */
const UNMAPPED = 33_557_097;

/** Matches PostgreSQL's wording, since Babelfish drops the numbers; everything else is retryable. */
const VERDICTS: readonly (MssqlVerdict & { readonly says: RegExp })[] = [
  { says: /lock timeout|deadlock|could not serialize|recovery conflict/, code: 'MSSQL_BUSY', verdict: 'retryable' },
  { says: /permission denied|must be owner/, code: 'MSSQL_PRIVILEGE_MISSING', verdict: 'fatal' },
  { says: /read-only transaction/, code: 'MSSQL_READ_ONLY', verdict: 'retryable', unreached: true },
  { says: /No space left|out of (?:shared )?memory|could not extend/, code: 'MSSQL_FULL', verdict: 'retryable' },
  { says: /does not exist$/, code: 'MSSQL_SCHEMA_CHANGED', verdict: 'fatal' },
  {
    says: /duplicate key|violates|out of range|invalid input syntax|numeric field overflow|invalid UTF16|too long|too big/,
    code: 'MSSQL_ROW_REFUSED',
    verdict: 'refused',
  },
];

/** Returns the meaning of an error without a number of its own; null for errors of other servers. */
export function babelfishVerdict(number: number, message: string): MssqlVerdict | null {
  if (number !== UNMAPPED) return null;
  return (
    VERDICTS.find(({ says }) => says.test(message)) ?? { code: 'MSSQL_FAILED', verdict: 'retryable', unknown: true }
  );
}

/** Asks the server whether it is Babelfish or SQL Server. */
export async function askForBabelfish(connection: MssqlConnection, options: RequestOptions): Promise<boolean> {
  const [rows] = await connection.batch('SELECT @@VERSION AS version', options);
  return String(rows?.[0]?.version).includes('Babelfish');
}

/**
 * The kind of the server. Babelfish speaks the same protocol, and cannot do some things. All else is the same for both;
 * nothing here changes the work on SQL Server.
 */
export interface ServerKind {
  readonly isBabelfish: boolean;
}

/**
 * Characters that Babelfish cannot keep. PostgreSQL stores its text as UTF-8, without NUL and without half of a
 * surrogate pair.
 */
export const LACKS_ON_BABELFISH = /[\0\p{Surrogate}]/gu;

/**
 * Returns the SQL for the name of the column `c` of `sys.columns`, which Babelfish writes in small letters. (Babelfish
 * also names the collation of keys otherwise than they are declared with: so no foreign keys are declared, which it
 * could not check.)
 */
export function columnName(table: string, { isBabelfish }: ServerKind): string {
  if (!isBabelfish) return 'c.name';
  return `(SELECT i.COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS AS i
  WHERE i.TABLE_NAME = ${literal(table)} AND i.TABLE_SCHEMA = SCHEMA_NAME() AND i.ORDINAL_POSITION = c.column_id)`;
}

/**
 * Returns the type for ALTER COLUMN on Babelfish. It takes no collation, so keys of earlier tables still take `a` and
 * `A` for one.
 */
export function alterableOnBabelfish(type: string): string {
  return type.replace(/ COLLATE \w+$/, '');
}
