/** The options of every call that waits: it can be ended early. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/** One line of a health check. */
export interface Finding {
  /** The result; `unknown`: it could not be checked, and `what` names the reason. Earlier sinks never return `unknown`. */
  readonly level: 'pass' | 'warn' | 'fail' | 'unknown';
  readonly what: string;
  /** The remedy: a statement, an option, a command. */
  readonly remedy: string | null;
}
