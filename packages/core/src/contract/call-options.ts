/** The options of every call that waits: it can be ended early. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/** One line of a health check. */
export interface Finding {
  readonly level: 'pass' | 'warn' | 'fail';
  readonly what: string;
  /** The remedy: a statement, an option, a command. */
  readonly remedy: string | null;
}
