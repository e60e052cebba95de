import { SinkError } from '@dbsync/core/contract';
import { expect, it } from 'vitest';
import { toOutboxError } from './outbox-errors.js';

const failed = (errcode: number) => Object.assign(new Error('so it was'), { errcode });

/** Extended result codes, as node:sqlite gives them. */
it.each([
  ['SQLITE_BUSY', 5, 'OUTBOX_BUSY', 'retryable', 'not-committed'],
  ['SQLITE_BUSY_SNAPSHOT', 517, 'OUTBOX_BUSY', 'retryable', 'not-committed'],
  ['SQLITE_FULL', 13, 'OUTBOX_FULL', 'retryable', 'not-committed'],
  ['SQLITE_IOERR_SHMSIZE', 4874, 'OUTBOX_FULL', 'retryable', 'unknown'],
  ['SQLITE_IOERR_FSYNC', 1034, 'OUTBOX_IO', 'retryable', 'unknown'],
  ['SQLITE_READONLY', 8, 'OUTBOX_CANNOT_OPEN', 'fatal', 'not-committed'],
  ['SQLITE_CANTOPEN', 14, 'OUTBOX_CANNOT_OPEN', 'fatal', 'not-committed'],
  ['SQLITE_CORRUPT', 11, 'OUTBOX_DAMAGED', 'fatal', 'not-committed'],
  ['SQLITE_NOTADB', 26, 'OUTBOX_DAMAGED', 'fatal', 'not-committed'],
  ['SQLITE_NOMEM', 7, 'OUTBOX_FAILED', 'retryable', 'not-committed'],
])('%s has the code of its meaning', (_name, errcode, code, verdict, outcome) => {
  const error = toOutboxError(failed(errcode), '/var/lib/state.sqlite');
  expect(error).toMatchObject({ code, verdict, outcome });
  expect(error.message).toContain('/var/lib/state.sqlite');
});

it('an error that is not of the file is reported as unknown, and a classified one stays', () => {
  expect(toOutboxError(new TypeError('oops'), 'f')).toMatchObject({ code: 'OUTBOX_FAILED', outcome: 'not-committed' });
  const known = new SinkError('OUTBOX_FENCED', 'no', { verdict: 'fenced', outcome: 'not-committed' });
  expect(toOutboxError(known, 'f')).toBe(known);
});
