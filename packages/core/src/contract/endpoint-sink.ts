import type { CallOptions, Finding } from './call-options.js';
import type { Fields } from './json.js';

/**
 * A target without transactions. Core keeps an outbox in front of it, so nothing is lost when it is down. `open` is
 * called once, then the other calls in any order, then `close` once. `deliver` calls overlap; a contact is never in two
 * calls at once. Certificates, keys, tokens and secrets that a sink reads from files are renewed there while it is
 * open: it reads a changed file again, at the latest for the next attempt after one that failed, and keeps the former
 * content where the file cannot be used. A sink gives each attempt a deadline and repeats nothing: only core repeats,
 * under the same id. An abort through `signal` means: answer soon, with verdicts or with a throw; the guard waits 5 s,
 * then it gives the call up. The effect on the target is then unknown, so the message is sent again.
 */
export interface EndpointSink {
  readonly kind: 'endpoint';
  open(options: CallOptions): Promise<void>;
  checkHealth(options: CallOptions): Promise<readonly Finding[]>;
  close(): Promise<void>;
  /**
   * Returns one verdict for each message, in order. `accepted` only where the target has confirmed it. A throw means
   * retry for all of them; so does a value that is no verdict.
   */
  deliver(messages: readonly Message[], options: DeliverOptions): Promise<readonly Verdict[]>;
}

/**
 * One transaction to deliver, with its contact. A contact with a long history has many megabytes (a megabyte is 1,000,000 bytes of
 * JSON): core fetches contacts of up to 16 MiB, and limits no message beyond that. A target takes 3 MB at least; a message
 * that is larger than it takes is `refused`, or `retry` with `fault: 'message'`.
 */
export interface Message {
  /** The id, the same on every attempt. */
  readonly id: string;
  readonly contactId: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  readonly contact: Fields;
  readonly transaction: Fields;
  readonly state: 'new' | 'updated';
  /**
   * True: the message was accepted before, under this id, and an operator had it sent again. The sink marks it for the
   * target.
   */
  readonly isReplay?: boolean;
}

/** Options of `deliver`. */
export interface DeliverOptions extends CallOptions {
  /**
   * Given by `dbsync webhook test` alone: a sink that supports it calls it with each request that it sends. Others
   * ignore it.
   */
  readonly onRequest?: (request: ShownRequest) => void;
  /**
   * For the log of attempts: a sink that supports it calls it with each answer, before it returns the verdict. Others
   * ignore it.
   */
  readonly onAnswer?: (answer: TargetAnswer) => void;
}

/** A request as it is sent, for an operator to read. Secrets are masked; the signature is shown. */
export interface ShownRequest {
  /** The method and the address, such as `POST https://crm.example.com`. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The target's answer to a message. */
export interface TargetAnswer {
  readonly messageId: string;
  /** A status code, such as that of HTTP. */
  readonly status: number;
  /** The beginning of the answer's text, with secrets masked. Core keeps at most 2 kB of it. */
  readonly text: string;
}

/** The result of a delivery: expected answers, not exceptions. */
export type Verdict =
  | { readonly verdict: 'accepted' }
  | {
      readonly verdict: 'retry';
      readonly reason: string;
      /** The beginning of the target's answer; empty where there was none. It is kept with a dead letter. */
      readonly answer: string;
      /**
       * The pause that the target asks for this contact. Core limits it to 24 h, and to 5 minutes for all other
       * contacts.
       */
      readonly retryAfterMs?: number;
      readonly fault: Fault;
    }
  /**
   * The target will never take this message: a dead letter at once. With `fault: 'setup'` core first needs to have seen an
   * acceptance: until then all messages wait.
   */
  | {
      readonly verdict: 'refused';
      readonly reason: string;
      readonly answer: string;
      readonly fault?: 'message' | 'setup';
    }
  /**
   * The target accepts no more messages, of this contact or at all. Core treats it as `refused`, unless it comes before
   * the first acceptance ever or from five contacts in a row: then all messages wait, and none is given up.
   */
  | { readonly verdict: 'gone'; readonly reason: string; readonly answer?: string };

/**
 * The cause of a message that was not accepted.
 *
 * - `target`: the target as a whole takes nothing now: no connection, TLS, a time-out, a limit, an outage. When five
 * contacts fail so without an acceptance between, core sends one message a minute and counts no attempt.
 * - `message`: the target works, and answered about this message. It never holds back other contacts, unless nothing at
 * all was accepted for 10 minutes.
 * - `setup`: an answer about address or credentials. Before the first acceptance ever all messages wait; afterwards it
 * is treated as `message`.
 */
export type Fault = 'target' | 'message' | 'setup';
