import { resolve } from 'node:path';
import { isSinkError, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import type { errorCodes } from './error-codes.js';

/** Meanings by SQLite's primary result code: https://www.sqlite.org/rescode.html */
const BY_CODE: Readonly<Record<number, [code: keyof typeof errorCodes, verdict: SinkErrorDetails['verdict']]>> = {
  3: ['SQLITE_CANNOT_OPEN', 'fatal'],
  5: ['SQLITE_BUSY', 'retryable'],
  6: ['SQLITE_BUSY', 'retryable'],
  7: ['SQLITE_FAILED', 'retryable'],
  8: ['SQLITE_CANNOT_OPEN', 'fatal'],
  10: ['SQLITE_IO', 'retryable'],
  11: ['SQLITE_NOT_A_DATABASE', 'fatal'],
  13: ['SQLITE_FULL', 'retryable'],
  14: ['SQLITE_CANNOT_OPEN', 'fatal'],
  // A lock of the log, and a table that another process has changed meanwhile.
  15: ['SQLITE_BUSY', 'retryable'],
  17: ['SQLITE_BUSY', 'retryable'],
  18: ['SQLITE_REFUSED', 'refused'],
  19: ['SQLITE_REFUSED', 'refused'],
  23: ['SQLITE_CANNOT_OPEN', 'fatal'],
  26: ['SQLITE_NOT_A_DATABASE', 'fatal'],
};

/**
 * After a failed read or write of the disk it is unknown whether a commit took effect. After all other errors nothing
 * is committed.
 */
const IO_ERROR = 10;
const FULL = 13;
/** The disk error for too little room to map the index of the log. */
const IO_NO_ROOM = IO_ERROR | (19 << 8);

/** Classifies errors of SQLite, and names the file, which may be another one than the reader expects. */
export function toSinkError(error: unknown, file: string): SinkError {
  if (isSinkError(error)) return error;
  const extended = resultCodeOf(error);
  const result = extended === null ? null : extended & 0xff;
  const known = result === null ? undefined : BY_CODE[extended === IO_NO_ROOM ? FULL : result];
  const [code, verdict] = known ?? (['SQLITE_FAILED', 'retryable'] as const);
  const message = error instanceof Error ? error.message : String(error);
  const outcome = result === null || result === IO_ERROR ? 'unknown' : 'not-committed';
  return new SinkError(
    code,
    `SQLite ${resolve(file)}: ${message}${known || result === null ? '' : ` (result code ${result})`}`,
    {
      verdict,
      outcome,
      isUnclassified: known === undefined,
      isOutOfSpace: code === 'SQLITE_FULL',
      cause: error,
    },
  );
}

/** Returns the extended result code: its low byte is the primary one. Null: no error of SQLite. */
function resultCodeOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}
