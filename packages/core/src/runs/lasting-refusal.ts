import { isSinkError, type SinkError } from '../contract/index.js';

/** Returns whether the store will refuse the call each time until an operator changes something. */
export function isLastingRefusal(error: unknown): error is SinkError {
  return isSinkError(error) && (error.verdict === 'fatal' || error.verdict === 'refused');
}
