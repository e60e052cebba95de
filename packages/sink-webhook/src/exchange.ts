import type { Answer } from './answer.js';

/** A request, ready to go out. */
export interface Delivery {
  /** Headers by name in small letters, the length of the body among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Sends one request and returns one answer with any status, or the error of the connection. Redirects are not followed.
 */
export interface Exchange {
  /** Rejects as soon as the signal aborts. */
  send(delivery: Delivery, signal: AbortSignal): Promise<Answer>;
  /** Closes the exchange, and breaks all connections. */
  close(): void;
}
