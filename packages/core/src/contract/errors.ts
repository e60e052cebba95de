/** The operator's text under an error code: `docs/errors.md` is printed from these. */
export interface ErrorCode {
  /** One sentence that names the event. */
  readonly what: string;
  /** The times when it is no reason to worry; null: there are none. */
  readonly normal: string | null;
  /** The steps that the operator takes. */
  readonly remedy: string;
  /**
   * The exit code of a process that ends by this failure. 1: failed while running; 2: bad input, change the command; 3: the
   * environment prevents it; 4: the target accepts no more data. Null: a notice, such as a warning or the reason of a
   * dead letter; it ends no process.
   */
  readonly exit: 1 | 2 | 3 | 4 | null;
}

/** A package's codes by name: capitals and underscores; the first word names the package. */
export type ErrorCodes = Readonly<Record<string, ErrorCode>>;

/** A sink's facts about its failure: core decides by them whether and when to repeat. */
export interface SinkErrorDetails {
  /**
   * `retryable`: the same call may succeed later; `refused`: these contacts never will; `fenced`: the claim is not the
   * stream's any more; `fatal`: nothing will succeed until an operator corrects the cause that the message names.
   */
  readonly verdict: 'retryable' | 'refused' | 'fenced' | 'fatal';
  /** `unknown` where the target may have committed the call nevertheless. */
  readonly outcome: 'not-committed' | 'unknown';
  /**
   * The connection broke or could not be opened: the next answer may come from another target, so core claims again and
   * reads everything again.
   */
  readonly connectionLost?: boolean;
  /**
   * The sink does not know the meaning of this `retryable` error, so it may last for ever. Core reports it when it
   * repeats without progress, makes a contact or call that alone fails with it a dead letter, and ends the run with
   * exit 3 after ten minutes where nothing can be written. Errors of an address, a connection, a lock, a full disk or a
   * failover pass by themselves: they are known, and never end a run.
   */
  readonly isUnclassified?: boolean;
  /** The target has no room left, so an operator must act: core reports it at once, and keeps trying. */
  readonly isOutOfSpace?: boolean;
  readonly retryAfterMs?: number;
  /** The contacts, where the sink can tell; else core halves the batch until one is left. */
  readonly refusedContactIds?: readonly string[];
  readonly cause?: unknown;
}

const SINK_ERROR = Symbol.for('dbsync.SinkError');

/**
 * The only error class of a sink. Any other error that a sink throws counts as retryable and unclassified, with an
 * unknown outcome.
 */
export class SinkError extends Error {
  readonly [SINK_ERROR] = true;
  readonly code: string;
  readonly verdict: SinkErrorDetails['verdict'];
  readonly outcome: SinkErrorDetails['outcome'];
  readonly connectionLost: boolean;
  readonly isUnclassified: boolean;
  readonly isOutOfSpace: boolean;
  readonly retryAfterMs?: number;
  readonly refusedContactIds?: readonly string[];

  /**
   * @param code one of the package's {@link ErrorCodes}
   * @param message what happened and how to correct it, free of secrets
   */
  constructor(code: string, message: string, details: SinkErrorDetails) {
    super(message, { cause: details.cause });
    this.name = 'SinkError';
    this.code = code;
    this.verdict = details.verdict;
    this.outcome = details.outcome;
    this.connectionLost = details.connectionLost ?? false;
    this.isUnclassified = details.isUnclassified ?? false;
    this.isOutOfSpace = details.isOutOfSpace ?? false;
    if (details.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
    if (details.refusedContactIds !== undefined) this.refusedContactIds = details.refusedContactIds;
  }
}

/** True for a {@link SinkError} of any copy of this package. */
export function isSinkError(error: unknown): error is SinkError {
  return typeof error === 'object' && error !== null && SINK_ERROR in error;
}
