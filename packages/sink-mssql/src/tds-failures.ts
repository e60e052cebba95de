/** An error of the server, as the driver passes it on. */
export interface ServerError {
  readonly number: number;
  /** The severity. From 20 on the server ends the session. */
  readonly class: number;
  readonly message: string;
  /** The procedure or trigger that the error came from; empty or absent: none. */
  readonly procName?: string;
}

/** The failure to open a session. */
export class ConnectFailure extends Error {
  /** The driver's code: `ESOCKET`, `ETIMEOUT`, `ELOGIN` and others. */
  readonly code: string;
  /** The server's errors for it, the first reason first. */
  readonly serverErrors: readonly ServerError[];

  constructor(cause: Error, serverErrors: readonly ServerError[]) {
    super(cause.message, { cause });
    this.name = 'ConnectFailure';
    this.code = codeOf(cause);
    this.serverErrors = serverErrors;
  }
}

/** The session is gone, or cannot be used any more, since its state on the server is unknown. */
export class LostConnection extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LostConnection';
  }
}

/** Returns the code of the driver or the system for an error; empty where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** Returns the server's errors for a request or a login, in order; empty where there were none. */
export function serverErrorsOf(error: unknown): readonly ServerError[] {
  if (error instanceof ConnectFailure) return error.serverErrors;
  if (error instanceof AggregateError) return error.errors.flatMap(serverErrorsOf);
  return isServerError(error) ? [error] : [];
}

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'number' in error && typeof error.number === 'number' && 'class' in error;
}
