import { isSinkError, SinkError, type SinkErrorDetails } from '../../contract/index.js';
import type { ErrorCodeName } from '../../errors/error-codes.js';

/** The error codes by SQLite's primary result code: https://www.sqlite.org/rescode.html */
const BY_CODE: Readonly<Record<number, [code: ErrorCodeName, verdict: SinkErrorDetails['verdict']]>> = {
  5: ['OUTBOX_BUSY', 'retryable'],
  6: ['OUTBOX_BUSY', 'retryable'],
  8: ['OUTBOX_CANNOT_OPEN', 'fatal'],
  10: ['OUTBOX_IO', 'retryable'],
  11: ['OUTBOX_DAMAGED', 'fatal'],
  7: ['OUTBOX_FAILED', 'retryable'],
  13: ['OUTBOX_FULL', 'retryable'],
  14: ['OUTBOX_CANNOT_OPEN', 'fatal'],
  // 15: a lock of the log; 17: a table that another process has changed meanwhile.
  15: ['OUTBOX_BUSY', 'retryable'],
  17: ['OUTBOX_BUSY', 'retryable'],
  26: ['OUTBOX_DAMAGED', 'fatal'],
};

/** After a failed read or write of the disk it is unknown what a commit left there; all other errors leave nothing. */
const IO_ERROR = 10;
const FULL = 13;
/** The I/O error that means: no room to map the index of the log. */
const IO_NO_ROOM = IO_ERROR | (19 << 8);

/** Classifies an error of the state file by its code. */
export function toOutboxError(error: unknown, file: string): SinkError {
  if (isSinkError(error)) return error;
  const result = resultCodeOf(error);
  const primary = result & 0xff;
  const known = BY_CODE[result === IO_NO_ROOM ? FULL : primary];
  const [code, verdict] = known ?? (['OUTBOX_FAILED', 'retryable'] as const);
  const message = error instanceof Error ? error.message : String(error);
  const outcome = primary === IO_ERROR ? 'unknown' : 'not-committed';
  return new SinkError(code, `State file ${file}: ${message}`, {
    verdict,
    outcome,
    isUnclassified: known === undefined,
    isOutOfSpace: code === 'OUTBOX_FULL',
    cause: error,
  });
}

export function calledOff(cause: unknown): SinkError {
  return new SinkError('SINK_CALL_ABORTED', 'The work on the state file was aborted.', {
    verdict: 'retryable',
    outcome: 'not-committed',
    cause,
  });
}

/** Returns the error for an open file that another file has replaced under its name, or that was removed. */
export function moved(file: string, how: 'replaced' | 'removed'): SinkError {
  const message =
    how === 'removed'
      ? `State file ${file} was removed while dbsync had it open; dbsync restores it`
      : `State file ${file} was replaced while dbsync had it open; dbsync continues with the file that replaced it`;
  return new SinkError('OUTBOX_MOVED', message, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}

/** Returns the error for numbers that another program has changed while a claim holds; the next claim repairs them (R36). */
export function rowsChanged(): SinkError {
  const message =
    'Another program has changed numbers in the state file. dbsync claims the campaign again, and repairs the file';
  return new SinkError('OUTBOX_ROWS_CHANGED', message, { verdict: 'fenced', outcome: 'not-committed' });
}

/** Returns an error that stops all work until an operator has removed the cause that the message names. */
export function fatal(code: ErrorCodeName, message: string, cause?: unknown): SinkError {
  return new SinkError(code, message, { verdict: 'fatal', outcome: 'not-committed', cause });
}

/** Returns the extended result code of SQLite; 0 for an error of another kind. */
function resultCodeOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}
