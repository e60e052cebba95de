import { SinkError } from '@dbsync/core/contract';
import type { errorCodes } from './error-codes.js';

/** Makes a fatal error: nothing will succeed until an operator corrects the cause that the message names. */
export function fatal(code: keyof typeof errorCodes, message: string, cause?: unknown): SinkError {
  return new SinkError(code, message, { verdict: 'fatal', outcome: 'not-committed', cause });
}
