import type { Answer } from './answer.js';

/** A request, ready to go out. */
export interface Delivery {
  /** By name in small letters, the length of the body among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One request, one answer whatever its status, or the error of the connection. Nothing is followed here. */
export interface Exchange {
  /** Rejects as soon as the signal aborts. */
  send(delivery: Delivery, signal: AbortSignal): Promise<Answer>;
  /** Breaks all connections. */
  close(): void;
}
