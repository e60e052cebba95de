import type { ErrorVerdict } from '@dbsync/sql';
import type { errorCodes } from './error-codes.js';

export type Code = keyof typeof errorCodes | 'SQL_TRIGGER_FAILED';

/** The meaning of an error. */
export type PostgresVerdict = ErrorVerdict<Code>;

const BY_SQL_STATE: Readonly<Record<string, PostgresVerdict>> = {
  '28000': { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' },
  '28P01': { code: 'POSTGRES_LOGIN_REFUSED', verdict: 'fatal' },
  '3D000': { code: 'POSTGRES_DATABASE_MISSING', verdict: 'fatal' },
  '42501': { code: 'POSTGRES_PRIVILEGE_MISSING', verdict: 'fatal' },
  '25006': { code: 'POSTGRES_READ_ONLY', verdict: 'retryable', unreached: true },
  '40001': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '40P01': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '53300': { code: 'POSTGRES_BUSY', verdict: 'retryable', unreached: true },
  '55P03': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '57014': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '57P03': { code: 'POSTGRES_UNREACHABLE', verdict: 'retryable', unreached: true },
  // The limits on idle sessions and transactions, and the administrator's end of a session.
  '25P03': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '25P04': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P01': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P04': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P02': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '57P05': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '42P01': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42703': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  // Something else has the name of a table, such as a view.
  '42P07': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42809': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '42P10': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
  '3F000': { code: 'POSTGRES_SCHEMA_CHANGED', verdict: 'fatal' },
};

/** Meanings by the first two characters, where the whole state is not in the list above. */
const BY_CLASS: Readonly<Record<string, PostgresVerdict>> = {
  '08': { code: 'POSTGRES_CONNECTION_LOST', verdict: 'retryable', ended: true },
  '21': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '22': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '23': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '44': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  // Errors that a customer's trigger raises, by the standard; and in PostgreSQL's own way.
  '45': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  '53': { code: 'POSTGRES_FULL', verdict: 'retryable' },
  '54': { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
  // The intervention of an administrator or of the server, and errors of the disk: they pass.
  '57': { code: 'POSTGRES_BUSY', verdict: 'retryable' },
  '58': { code: 'POSTGRES_FAILED', verdict: 'retryable' },
  P0: { code: 'POSTGRES_ROW_REFUSED', verdict: 'refused' },
};

/**
 * Returns the meaning of a SQLSTATE.
 * @param routine the function that another program made and that failed, as the server names it; null: none
 */
export function bySqlState(state: string, routine: string | null): PostgresVerdict {
  if (routine !== null && state.startsWith(WRONG_STATEMENT)) return TRIGGER_FAILED;
  return BY_SQL_STATE[state] ?? BY_CLASS[state.slice(0, 2)] ?? UNKNOWN;
}

const UNKNOWN: PostgresVerdict = { code: 'POSTGRES_FAILED', verdict: 'retryable', unknown: true };

/** A trigger of another program fails for every row: a table, a column or a right that it needs is missing. */
const TRIGGER_FAILED: PostgresVerdict = { code: 'SQL_TRIGGER_FAILED', verdict: 'fatal' };
const WRONG_STATEMENT = '42';
