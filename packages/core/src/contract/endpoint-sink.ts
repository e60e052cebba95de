import type { CallOptions, Finding } from './call-options.js';
import type { Fields } from './json.js';

/**
 * A target without transactions. Core keeps an outbox in front of it, so nothing is lost when it is down.
 * `open` once, then anything, `close` once. `deliver` calls overlap; a contact is never in two calls at once.
 * Certificates, keys, tokens and secrets that a sink reads from files are renewed there while it is open: it reads a changed file
 * again, at the latest for the next attempt after one that failed, and keeps what it had where the file cannot be used.
 * A sink gives each attempt a deadline and repeats nothing: core alone repeats, under the same id. An abort through `signal`
 * means: answer soon; the guard waits 5 s, then it gives the call up. What the target made of the call is then unknown, so
 * the message is sent again.
 */
export interface EndpointSink {
  readonly kind: 'endpoint';
  open(options: CallOptions): Promise<void>;
  checkHealth(options: CallOptions): Promise<readonly Finding[]>;
  close(): Promise<void>;
  /**
   * One verdict a message, in their order. `accepted` only where the target has said so. A throw means retry for all of
   * them; whatever is no verdict means so too.
   */
  deliver(messages: readonly Message[], options: CallOptions): Promise<readonly Verdict[]>;
}

/** One transaction to deliver, with its contact. */
export interface Message {
  /** The same on every attempt. */
  readonly id: string;
  readonly contactId: string;
  /** From 1. */
  readonly attempt: number;
  readonly contact: Fields;
  readonly transaction: Fields;
  readonly state: 'new' | 'updated';
}

/** How a delivery ended: expected answers, not exceptions. */
export type Verdict =
  | { readonly verdict: 'accepted' }
  | {
      readonly verdict: 'retry';
      readonly reason: string;
      /** What the target said, its beginning; empty where it said nothing. It is kept with a dead letter. */
      readonly answer: string;
      /** How long the target asks to be left alone. Core caps it at 24 h. */
      readonly retryAfterMs?: number;
      /** `target`: all of it seems down or set up wrongly, not this message wrong. */
      readonly fault: 'message' | 'target';
    }
  /** It will never take this message: a dead letter at once. */
  | { readonly verdict: 'refused'; readonly reason: string; readonly answer: string }
  /** It wants no messages any more: the run ends. */
  | { readonly verdict: 'gone'; readonly reason: string };
