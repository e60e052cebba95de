import type { ErrorVerdict } from '@dbsync/sql';
import type { errorCodes } from './error-codes.js';

/** The meaning of an error. */
export type MysqlVerdict = ErrorVerdict<keyof typeof errorCodes>;

const NUMBERS: readonly (readonly [MysqlVerdict, string])[] = [
  // Lock waits and deadlocks, the time limits of both servers, a query that an administrator ended; rows that changed
  // meanwhile.
  [{ code: 'MYSQL_BUSY', verdict: 'retryable' }, '1205 1213 1969 3024 1317 3572 1020 1412 3101'],
  // Too many connections, of the server and of the user; no thread for one; too many failed attempts from this host.
  [{ code: 'MYSQL_BUSY', verdict: 'retryable', unreached: true }, '1040 1203 1226 1135 1129'],
  [{ code: 'MYSQL_LOGIN_REFUSED', verdict: 'fatal' }, '1045 1130 1251 1524 1698 1820 1862 3118 4151'],
  [{ code: 'MYSQL_TLS_FAILED', verdict: 'fatal' }, '3159'],
  [{ code: 'MYSQL_DATABASE_MISSING', verdict: 'fatal' }, '1049'],
  [{ code: 'MYSQL_PRIVILEGE_MISSING', verdict: 'fatal' }, '1044 1142 1143 1227'],
  // A server that takes no writes now may be a primary again soon, or another server will be.
  [{ code: 'MYSQL_READ_ONLY', verdict: 'retryable', unreached: true }, '1290 1792 1836 3100'],
  // Disk, tablespace, memory, room for locks; numbers below 1000 come from the server's file system.
  [{ code: 'MYSQL_FULL', verdict: 'retryable' }, '3 20 1021 1026 1030 1037 1038 1041 1114 1206'],
  // A collation or a setting that older servers lack; indexes too short for dbsync's keys, for example with small
  // pages; binary logs of statements; tables that a cluster does not take.
  [{ code: 'MYSQL_SETTINGS_UNFIT', verdict: 'fatal' }, '1193 1273 1071 1709 1665 1785 3098 3750'],
  // Loads were allowed when the session began: the next session asks again.
  [{ code: 'MYSQL_SETTINGS_UNFIT', verdict: 'retryable', unreached: true }, '1148 3948 4166'],
  // The last two: something else has the name of a table, such as a view.
  [{ code: 'MYSQL_SCHEMA_CHANGED', verdict: 'fatal' }, '1054 1146 1050 1347'],
  [{ code: 'MYSQL_FOREIGN_KEY_IN_WAY', verdict: 'fatal' }, '1832 1833 1834 3780'],
  [{ code: 'MYSQL_REQUEST_TOO_LONG', verdict: 'refused' }, '1153'],
  // Constraints, triggers, values, and rows for which a page, an undo record or a table has no room.
  [
    { code: 'MYSQL_ROW_REFUSED', verdict: 'refused' },
    '1048 1062 1117 1118 1169 1216 1217 1264 1265 1292 1364 1365 1366 1406 1451 1452 1557 1586 1644 1713 1761 1762 3819 4025',
  ],
  // Errors that only triggers meet: missing routines, two rows for one, invalid JSON, tables that are in use.
  [{ code: 'MYSQL_ROW_REFUSED', verdict: 'refused' }, '1172 1242 1305 1370 1442 1456 3140 3141 4038'],
  // A node of a cluster that has not caught up yet.
  [{ code: 'MYSQL_UNREACHABLE', verdict: 'retryable', unreached: true }, '1047'],
  // Shutdown, broken connections, sessions that were ended; a commit whose outcome is unknown.
  [
    { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', ended: true },
    '1053 1077 1079 1152 1158 1159 1160 1161 1180 1184 1927 4031',
  ],
];

const BY_NUMBER: ReadonlyMap<number, MysqlVerdict> = new Map(
  NUMBERS.flatMap(([verdict, numbers]) => numbers.split(' ').map((number) => [Number(number), verdict] as const)),
);

/** True for an error by which the server tells that it ends the session. */
export function endsSession({ errno = 0 }: { readonly errno?: number | undefined }): boolean {
  return BY_NUMBER.get(errno)?.ended === true;
}

/** States of refused values and constraints, and of errors that a customer's trigger raises under any number. */
const REFUSING_STATES = /^(21|22|23|45)/;

/** Numbers of the operating system: no space left on the device, and the quota of a user. */
const FULL_DISK: ReadonlySet<string> = new Set(['28', '122']);

/**
 * Returns the meaning of an error number. The numbers mean the same in MariaDB and MySQL, or one of the two does not
 * have them.
 *
 * @param text the message; for an error about a file, only the message has the number of the operating system: 1005
 * comes from a full disk, and from a table that is wrong
 */
export function verdictOf(number: number, sqlState: string, text: string): MysqlVerdict {
  const known = BY_NUMBER.get(number);
  if (known !== undefined) return known;
  if (REFUSING_STATES.test(sqlState)) return { code: 'MYSQL_ROW_REFUSED', verdict: 'refused' };
  const [, systemNumber = ''] = /\b(?:errno|Errcode): (\d+)/.exec(text) ?? [];
  if (FULL_DISK.has(systemNumber)) return { code: 'MYSQL_FULL', verdict: 'retryable' };
  return { code: 'MYSQL_FAILED', verdict: 'retryable', unknown: true };
}
