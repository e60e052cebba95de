import { errorCodes, type FailureCode } from './error-codes.js';

/** The error class of the command itself: a code of `error-codes.ts`, and a message free of secrets. */
export class CliError extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'CliError';
    this.code = code;
  }

  /** The exit class of the code. */
  get exit(): 1 | 2 | 3 | 4 {
    return errorCodes[this.code].exit;
  }
}
