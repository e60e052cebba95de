import { isSinkError, SinkError, type SinkErrorDetails } from '@dbsync/core/contract';

/** The meaning of an error for the call that it ended. */
export interface ErrorVerdict<Code extends string> {
  readonly code: Code;
  readonly verdict: SinkErrorDetails['verdict'];
  /** True where the session ended too, so that a commit may have gone before. */
  readonly ended?: boolean;
  /**
   * True where no session was opened, or the server cannot continue with one: it is another server than the intended one, or
   * takes no writes.
   */
  readonly unreached?: boolean;
  readonly retryAfterMs?: number;
  /** True where no list of the engine has the error, so it may last for ever. */
  readonly unknown?: boolean;
}

/**
 * Makes the error that core gets.
 *
 * @param outcome whether a request whose connection broke has committed; without it that is unknown
 */
export type ErrorClassifier = (error: unknown, outcome?: SinkErrorDetails['outcome']) => SinkError;

/** The differences between engines. */
export interface ErrorLists<Code extends string> {
  /** Returns the meaning of an error of the driver or the server. */
  classify(error: unknown): ErrorVerdict<Code>;
  /** Returns the message, with the address and the remedy, and without a secret. */
  message(error: unknown, verdict: ErrorVerdict<Code>): string;
  /** The code for a target without room. */
  readonly full: Code;
  /** Returns whether the call may have committed. Default: where the session ended. */
  mayHaveCommitted?(error: unknown, verdict: ErrorVerdict<Code>): boolean;
}

/** Classifies errors by the lists of an engine. An error that is classified already stays as it is. */
export function classifierBy<Code extends string>(lists: ErrorLists<Code>): ErrorClassifier {
  return (error, outcome = 'unknown') => {
    if (isSinkError(error)) return error;
    const known = lists.classify(error);
    const { code, verdict, ended = false, unreached = false, unknown = false, retryAfterMs } = known;
    const mayHaveCommitted = lists.mayHaveCommitted?.(error, known) ?? ended;
    return new SinkError(code, lists.message(error, known), {
      verdict,
      outcome: mayHaveCommitted ? outcome : 'not-committed',
      connectionLost: ended || unreached,
      isUnclassified: unknown,
      isOutOfSpace: code === lists.full,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      cause: error,
    });
  };
}

const MISTAKES: ReadonlySet<string> = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/** Returns whether it is an error of the program, not of a server: a retry would only bring it again. */
export function isMistake({ name }: Error): boolean {
  return MISTAKES.has(name);
}
