import { SinkError } from '@dbsync/core/contract';
import type { errorCodes } from './error-codes.js';

/** Makes a fatal error: nothing will succeed until an operator corrects the cause that the message names. */
export function fatal(code: keyof typeof errorCodes, message: string, cause?: unknown): SinkError {
  return new SinkError(code, message, { verdict: 'fatal', outcome: 'not-committed', cause });
}

/** Makes the error of an aborted delivery. */
export function aborted(cause: unknown): SinkError {
  return new SinkError('NATS_ABORTED', 'The delivery was aborted; it is unknown whether the receiver took it.', {
    verdict: 'retryable',
    outcome: 'unknown',
    cause,
  });
}
