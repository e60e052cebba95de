import { errorCodes, type FailureCode } from './error-codes.js';

const DBSYNC_ERROR = Symbol.for('dbsync.DbsyncError');

/** The one error of core: a code of `error-codes.ts`, and a message that names the remedy, free of secrets. */
export class DbsyncError extends Error {
  readonly [DBSYNC_ERROR] = true;
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'DbsyncError';
    this.code = code;
  }

  /** The exit class of the code. */
  get exit(): 1 | 2 | 3 | 4 {
    return errorCodes[this.code].exit;
  }
}

/** True for a {@link DbsyncError} of any copy of this package. */
export function isDbsyncError(error: unknown): error is DbsyncError {
  return typeof error === 'object' && error !== null && DBSYNC_ERROR in error;
}
