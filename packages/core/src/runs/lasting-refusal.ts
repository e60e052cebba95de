import { isSinkError, type SinkError } from '../contract/index.js';

/** True where the store will never carry out the call, until an operator changes something. */
export function isLastingRefusal(error: unknown): error is SinkError {
  return isSinkError(error) && (error.verdict === 'fatal' || error.verdict === 'refused');
}
