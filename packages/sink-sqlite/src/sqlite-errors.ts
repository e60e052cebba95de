import { isSinkError, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import type { errorCodes } from './error-codes.js';

/** By SQLite's primary result code: https://www.sqlite.org/rescode.html */
const BY_CODE: Readonly<Record<number, [code: keyof typeof errorCodes, verdict: SinkErrorDetails['verdict']]>> = {
  5: ['SQLITE_BUSY', 'retryable'],
  6: ['SQLITE_BUSY', 'retryable'],
  8: ['SQLITE_CANNOT_OPEN', 'fatal'],
  10: ['SQLITE_IO', 'retryable'],
  11: ['SQLITE_NOT_A_DATABASE', 'fatal'],
  13: ['SQLITE_FULL', 'retryable'],
  14: ['SQLITE_CANNOT_OPEN', 'fatal'],
  18: ['SQLITE_REFUSED', 'refused'],
  19: ['SQLITE_REFUSED', 'refused'],
  26: ['SQLITE_NOT_A_DATABASE', 'fatal'],
};

/** After a failed read or write of the disk nobody knows what a commit left there; all else leaves nothing. */
const IO_ERROR = 10;

export function toSinkError(error: unknown): SinkError {
  if (isSinkError(error)) return error;
  const result = resultCodeOf(error);
  const [code, verdict] = (result === null ? undefined : BY_CODE[result]) ?? ['SQLITE_FAILED', 'retryable'];
  const message = error instanceof Error ? error.message : String(error);
  const outcome = result === null || result === IO_ERROR ? 'unknown' : 'not-committed';
  return new SinkError(code, `SQLite: ${message}`, { verdict, outcome, cause: error });
}

/** The low byte of an extended result code. */
function resultCodeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}
