/** An error that the server told, as the driver hands it on. */
export interface ServerError {
  readonly number: number;
  /** From 20 on the server ends the session. */
  readonly class: number;
  readonly message: string;
  /** The procedure or trigger that the error came from; empty or absent: none. */
  readonly procName?: string;
}

/** No session came to be. */
export class ConnectFailure extends Error {
  /** Of the driver: `ESOCKET`, `ETIMEOUT`, `ELOGIN` and others. */
  readonly code: string;
  /** What the server said to it, the first reason first. */
  readonly serverErrors: readonly ServerError[];

  constructor(cause: Error, serverErrors: readonly ServerError[]) {
    super(cause.message, { cause });
    this.name = 'ConnectFailure';
    this.code = codeOf(cause);
    this.serverErrors = serverErrors;
  }
}

/** The session is gone, or can no longer be used, since what the server makes of it is in doubt. */
export class LostConnection extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'LostConnection';
  }
}

/** The driver's or the system's word for an error; empty where it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

/** What the server said to a request or a login, in its order; empty where it said nothing. */
export function serverErrorsOf(error: unknown): readonly ServerError[] {
  if (error instanceof ConnectFailure) return error.serverErrors;
  if (error instanceof AggregateError) return error.errors.flatMap(serverErrorsOf);
  return isServerError(error) ? [error] : [];
}

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'number' in error && typeof error.number === 'number' && 'class' in error;
}
