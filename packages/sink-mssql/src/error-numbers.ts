import type { ErrorVerdict } from '@dbsync/sql';
import type { errorCodes } from './error-codes.js';

export type Code = keyof typeof errorCodes | 'SQL_TRIGGER_FAILED';

/** The meaning of an error. */
export type MssqlVerdict = ErrorVerdict<Code>;

interface Group extends MssqlVerdict {
  readonly numbers: readonly number[];
}

/** Errors of SQL Server and Azure SQL by number, as `sys.messages` has them. */
const GROUPS: readonly Group[] = [
  {
    code: 'MSSQL_LOGIN_REFUSED',
    verdict: 'fatal',
    // Wrong, untrusted, disabled, locked, expired; not in Azure's firewall; from outside of its private network.
    numbers: [18456, 18452, 18450, 18470, 18486, 18487, 18488, 40532, 40615, 40914, 47073],
  },
  // 911 takes the place of 4060 where the database is looked up first.
  { code: 'MSSQL_DATABASE_MISSING', verdict: 'fatal', numbers: [4060, 911, 4063, 4064, 916] },
  {
    code: 'MSSQL_UNREACHABLE',
    verdict: 'retryable',
    unreached: true,
    // Recovering, restoring, offline, in transition; the server paused, starting, in single-user mode, without threads.
    numbers: [
      904, 921, 922, 924, 926, 927, 942, 945, 952, 615, 17142, 17187, 17188, 17189, 17197, 17830, 17892, 18401, 18461,
    ],
  },
  // Azure: database or service being moved or started.
  {
    code: 'MSSQL_UNREACHABLE',
    verdict: 'retryable',
    unreached: true,
    numbers: [40613, 40197, 40143, 40540, 42108, 42109],
  },
  {
    code: 'MSSQL_BUSY',
    verdict: 'retryable',
    unreached: true,
    // Azure: too many sessions, workers or requests; it asks for a pause of 10 s.
    retryAfterMs: 10_000,
    numbers: [40501, 10928, 10929, 10936, 49918, 49919, 49920],
  },
  {
    code: 'MSSQL_CONNECTION_LOST',
    verdict: 'retryable',
    ended: true,
    // Shutdown, kill; Azure ends sessions that hold too much for too long.
    numbers: [596, 6005, 6006, 40549, 40550, 40551, 40552, 40553],
  },
  { code: 'MSSQL_PRIVILEGE_MISSING', verdict: 'fatal', numbers: [229, 230, 262, 297, 300, 1088, 2760, 4902, 15247] },
  {
    code: 'MSSQL_READ_ONLY',
    verdict: 'retryable',
    unreached: true,
    // A read-only database; replicas of availability groups that take no connections, no writes or no such intent.
    numbers: [3906, 3908, 976, 978, 979, 982, 983, 988, 4221, 41305],
  },
  {
    code: 'MSSQL_BUSY',
    verdict: 'retryable',
    // Deadlock, lock timeout, no locks left, snapshot conflicts, the table changed under a bulk load.
    numbers: [1205, 1222, 1203, 1204, 1211, 3960, 3961, 3962, 4891, 4892, 8645, 8628],
  },
  // Disk, log, growth that took too long, size of an Azure database, memory.
  {
    code: 'MSSQL_FULL',
    verdict: 'retryable',
    numbers: [1101, 1105, 1121, 9002, 5144, 5149, 40544, 701, 802, 8651, 8657, 8902],
  },
  {
    code: 'MSSQL_SCHEMA_CHANGED',
    verdict: 'fatal',
    // No such object or column, another number of columns; a column that something depends on, a view with a table's
    // name.
    numbers: [208, 207, 213, 2714, 4104, 4922, 5074, 5061, 271, 544, 468],
  },
  {
    code: 'MSSQL_ROW_REFUSED',
    verdict: 'refused',
    // Keys, unique indexes, constraints, NULL, length, ranges and conversions, row size, views with a check.
    numbers: [
      2627, 2601, 1505, 547, 515, 8152, 2628, 511, 550, 220, 232, 235, 241, 242, 244, 245, 248, 8114, 8115, 8169, 8134,
    ],
  },
  // Errors of a customer's triggers: they ended the batch or the transaction.
  { code: 'MSSQL_ROW_REFUSED', verdict: 'refused', numbers: [3609, 3616, 3930, 3998, 512] },
];

const BY_NUMBER: ReadonlyMap<number, MssqlVerdict> = new Map(
  GROUPS.flatMap(({ numbers, ...verdict }) => numbers.map((number) => [number, verdict] as const)),
);

/** From this number on, any program may use the numbers, such as a customer's trigger. */
const FIRST_USER_NUMBER = 50_000;
/** From this severity on the server ends the session. */
const ENDS_SESSION = 20;
/** The severity of errors for lack of a resource. */
const LACKS_RESOURCE = 17;

/** Codes of a statement that names a missing object, or one that may not be used. */
const WRONG_STATEMENT: ReadonlySet<Code> = new Set(['MSSQL_SCHEMA_CHANGED', 'MSSQL_PRIVILEGE_MISSING']);

/** A trigger of another program fails for every row: a table, a column or a right that it needs is missing. */
export const TRIGGER_FAILED: MssqlVerdict = { code: 'SQL_TRIGGER_FAILED', verdict: 'fatal' };

/** True where a verdict is about the statement, and so about the trigger that holds it. */
export function isAboutStatement({ code }: MssqlVerdict): boolean {
  return WRONG_STATEMENT.has(code);
}

/** Returns the meaning of the server's error; null for a number and a severity without one. */
export function verdictOf(number: number, severity: number): MssqlVerdict | null {
  const known = BY_NUMBER.get(number);
  if (known !== undefined) return known;
  if (severity >= ENDS_SESSION) return { code: 'MSSQL_CONNECTION_LOST', verdict: 'retryable', ended: true };
  if (severity === LACKS_RESOURCE) return { code: 'MSSQL_FULL', verdict: 'retryable' };
  return isUserNumber(number) ? { code: 'MSSQL_ROW_REFUSED', verdict: 'refused' } : null;
}

function isUserNumber(number: number): boolean {
  return number >= FIRST_USER_NUMBER;
}
