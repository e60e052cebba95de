import type { Verdict } from './error-numbers.js';
import type { MssqlConnection, RequestOptions } from './mssql-connection.js';
import { literal } from './statement-text.js';

/** The number of every error of Babelfish for PostgreSQL that SQL Server has no number for. */
const UNMAPPED = 33_557_097;

/** By words of PostgreSQL, which its own numbers are gone with; what none of them fits may pass by itself. */
const VERDICTS: readonly (Verdict & { readonly says: RegExp })[] = [
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

/** What an error without a number of its own means; null for errors of other servers. */
export function babelfishVerdict(number: number, message: string): Verdict | null {
  if (number !== UNMAPPED) return null;
  return (
    VERDICTS.find(({ says }) => says.test(message)) ?? { code: 'MSSQL_FAILED', verdict: 'retryable', unknown: true }
  );
}

/** Asks the server which of the two it is. */
export async function askForBabelfish(connection: MssqlConnection, options: RequestOptions): Promise<boolean> {
  const [rows] = await connection.batch('SELECT @@VERSION AS version', options);
  return String(rows?.[0]?.version).includes('Babelfish');
}

/**
 * What Babelfish, which speaks the same protocol, cannot do. Everything else is the same for both; nothing here changes
 * what is done on SQL Server.
 */
export interface ServerKind {
  readonly isBabelfish: boolean;
}

/** Of text that PostgreSQL keeps as UTF-8, without NUL: no half of a surrogate pair either. */
export const LACKS_ON_BABELFISH = /[\0\p{Surrogate}]/gu;

/**
 * The name of the column `c` of `sys.columns`, which Babelfish writes in small letters there. (And it calls the collation of
 * keys otherwise than they are declared with: so no foreign keys are declared, which it could not check.)
 */
export function columnName(table: string, { isBabelfish }: ServerKind): string {
  if (!isBabelfish) return 'c.name';
  return `(SELECT i.COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS AS i
  WHERE i.TABLE_NAME = ${literal(table)} AND i.TABLE_SCHEMA = SCHEMA_NAME() AND i.ORDINAL_POSITION = c.column_id)`;
}

/** What ALTER COLUMN takes there: no collation, so keys of earlier tables go on to take `a` and `A` for one. */
export function alterableOnBabelfish(type: string): string {
  return type.replace(/ COLLATE \w+$/, '');
}
