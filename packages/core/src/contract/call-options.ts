/** Every call that waits can be ended early. */
export interface CallOptions {
  readonly signal: AbortSignal;
}

/** One line of a health check. */
export interface Finding {
  readonly level: 'pass' | 'warn' | 'fail';
  readonly what: string;
  /** What mends it: a statement, an option, a command. */
  readonly remedy: string | null;
}
