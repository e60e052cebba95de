import { SinkError } from '@dbsync/core/contract';
import type { ServerFacts } from './server-facts.js';

/** The most bytes that a code unit takes in UTF-8. */
export const BYTES_PER_UNIT = 3;

/**
 * Refuses a request that is too long. The server would end the connection, mostly before it can say why.
 * @throws a SinkError, refused
 */
export function refuseTooLong(request: string, { maxRequestBytes }: ServerFacts): void {
  if (request.length * BYTES_PER_UNIT < maxRequestBytes) return;
  const bytes = Buffer.byteLength(request);
  if (bytes >= maxRequestBytes) throw tooLong(`A request of ${bytes} bytes`, maxRequestBytes);
}

export function tooLong(what: string, maxBytes: number): SinkError {
  const message = `${what} is more than the server accepts at once, which is ${maxBytes}: raise max_allowed_packet`;
  return new SinkError('MYSQL_REQUEST_TOO_LONG', message, { verdict: 'refused', outcome: 'not-committed' });
}
