import { isSinkError, type SinkError } from '../contract/index.js';

/** True where the store will not carry out the call, however often it is repeated, until an operator mends something. */
export function isLastingRefusal(error: unknown): error is SinkError {
  return isSinkError(error) && (error.verdict === 'fatal' || error.verdict === 'refused');
}
