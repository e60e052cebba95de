import { isSinkError, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import type { errorCodes } from './error-codes.js';
import type { MysqlAddress } from './mysql-address.js';
import { literal, name } from './statement-text.js';

type Code = keyof typeof errorCodes;
type Outcome = SinkErrorDetails['outcome'];

/** `outcome`: what the caller knows of a request whose connection broke; without it that is unknown. */
export type ErrorClassifier = (error: unknown, outcome?: Outcome) => SinkError;

interface Verdict {
  readonly code: Code;
  readonly verdict: SinkErrorDetails['verdict'];
  /** True where the session ended too, so that a commit may have gone before. */
  readonly ended?: boolean;
  /** True where no session came to be, or one with another server than was meant. */
  readonly unreached?: boolean;
}

/** Classifies what the driver and the server throw. Messages name the address without its password. */
export function createErrorClassifier(address: MysqlAddress): ErrorClassifier {
  return (error, outcome = 'unknown') => {
    if (isSinkError(error)) return error;
    const { code, verdict, ended = false, unreached = false } = classify(error);
    const message = `${placeOf(address)}: ${textOf(error)}${remedyOf(code, address)}`;
    return new SinkError(code, message, {
      verdict,
      outcome: ended ? outcome : 'not-committed',
      connectionLost: ended || unreached,
      cause: error,
    });
  };
}

export function placeOf({ host, port, socket, database }: MysqlAddress): string {
  return `MySQL ${socket ?? `${host}:${port}`}, database ${database}`;
}

const BUSY: Verdict = { code: 'MYSQL_BUSY', verdict: 'retryable' };
const ROW_REFUSED: Verdict = { code: 'MYSQL_ROW_REFUSED', verdict: 'refused' };
const LOST: Verdict = { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', ended: true };
const UNREACHED: Verdict = { code: 'MYSQL_UNREACHABLE', verdict: 'retryable', unreached: true };
const MISTAKE: Verdict = { code: 'MYSQL_FAILED', verdict: 'fatal', ended: true };

function classify(error: unknown): Verdict {
  if (!(error instanceof Error)) return { ...MISTAKE, verdict: 'retryable' };
  if (MISTAKES.has(error.name)) return MISTAKE;
  const { errno, code, syscall, sqlState } = error as DriverError;
  if (sqlState !== undefined && errno !== undefined) return byNumber(errno);
  if (error.name === 'AbortError') return { code: 'MYSQL_CONNECTION_LOST', verdict: 'retryable', ended: true };
  if (syscall === 'connect' || syscall === 'getaddrinfo' || error instanceof AggregateError) return UNREACHED;
  return BY_DRIVER[code ?? ''] ?? LOST;
}

interface DriverError extends Error {
  /** The server's number of an error; negative for those of the system. */
  readonly errno?: number;
  readonly code?: string;
  readonly syscall?: string;
  /** What the server says has one. */
  readonly sqlState?: string;
}

/** Of a program, not of a server: they would only come again. */
const MISTAKES: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

const BY_DRIVER: Readonly<Record<string, Verdict>> = {
  HANDSHAKE_NO_SSL_SUPPORT: { code: 'MYSQL_TLS_FAILED', verdict: 'fatal' },
  HANDSHAKE_SSL_ERROR: { code: 'MYSQL_TLS_FAILED', verdict: 'fatal' },
};

const NUMBERS: readonly (readonly [Verdict, readonly number[]])[] = [
  [BUSY, [1205, 1213, 1969, 3024, 3572, 1317]],
  [{ ...BUSY, unreached: true }, [1040, 1203, 1226, 1129, 1135]],
  [{ code: 'MYSQL_LOGIN_REFUSED', verdict: 'fatal' }, [1045, 1130, 1251, 1524, 1698, 1820, 1862, 3118, 4151]],
  [{ code: 'MYSQL_DATABASE_MISSING', verdict: 'fatal' }, [1049]],
  [{ code: 'MYSQL_PRIVILEGE_MISSING', verdict: 'fatal' }, [1044, 1142, 1143, 1227, 1370, 1410]],
  [{ code: 'MYSQL_READ_ONLY', verdict: 'retryable', unreached: true }, [1290, 1792, 1836, 3100]],
  [{ code: 'MYSQL_FULL', verdict: 'retryable' }, [1021, 1030, 1037, 1038, 1041, 1114]],
  [{ code: 'MYSQL_SETTINGS_UNFIT', verdict: 'fatal' }, [1665]],
  [{ code: 'MYSQL_SCHEMA_CHANGED', verdict: 'fatal' }, [1054, 1146, 1412]],
  [{ code: 'MYSQL_REQUEST_TOO_LONG', verdict: 'refused' }, [1153]],
  [ROW_REFUSED, [1048, 1062, 1117, 1118, 1169, 1260, 1264, 1265, 1292, 1364, 1366, 1406, 1451, 1452, 1644, 3819, 4025]],
  [UNREACHED, [1047]],
  [LOST, [1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 1928, 1970, 4031]],
];

const BY_NUMBER: ReadonlyMap<number, Verdict> = new Map(
  NUMBERS.flatMap(([verdict, numbers]) => numbers.map((number) => [number, verdict] as const)),
);

function byNumber(number: number): Verdict {
  return BY_NUMBER.get(number) ?? { code: 'MYSQL_FAILED', verdict: 'retryable' };
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(textOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  const { errno, sqlState } = error as DriverError;
  return sqlState === undefined ? error.message : `${error.message} (error ${errno})`;
}

/** What to do about it, as a sentence; empty where the code says all. */
function remedyOf(code: Code, { user, database }: MysqlAddress): string {
  switch (code) {
    case 'MYSQL_DATABASE_MISSING':
      return `. Create it: CREATE DATABASE ${name(database)} CHARACTER SET utf8mb4`;
    case 'MYSQL_PRIVILEGE_MISSING':
      return `. Grant it: GRANT ALL ON ${name(database)}.* TO ${literal(user)}`;
    case 'MYSQL_TLS_FAILED':
      return '. Give the authority that signed the certificate as ssl-ca=FILE, or ssl-mode=DISABLED for plain text in a network that you trust';
    case 'MYSQL_READ_ONLY':
      return '. Name the primary in the address';
    default:
      return '';
  }
}
