import { constants } from 'node:os';
import { type ErrorCode, type ErrorCodes, isSinkError, type SinkErrorDetails } from '@dbsync/core/contract';
import { errorCodes as ownCodes } from './error-codes.js';

/** The way in which the process ended. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** The command compared, and found differences, or a start would change something. */
  | { readonly kind: 'differs' }
  /** The command checked the set-up, and found failures. */
  | { readonly kind: 'unfit' }
  /** The command reported a state that is not the usual one. */
  | { readonly kind: 'status'; readonly state: 'late' | 'unheld' }
  /** The command did its work, and the answer is that something is not possible, or not known. */
  | { readonly kind: 'unable' }
  /** A signal ended unfinished work. */
  | { readonly kind: 'stopped'; readonly signal: StopSignal };

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** The exit code of the process after an error, and the reason. */
export type ExitClass = NonNullable<ErrorCode['exit']>;

/** The facts that an operator gets about an error. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  /** The fixed description of the code; null: it has none. */
  readonly what: string | null;
  readonly remedy: string | null;
  readonly exit: ExitClass;
}

/**
 * 0: done; 1: failed while running; 2: correct the command; 3: correct the environment; 4: the target accepts no more data;
 * 5: the copy differs from the campaign, or a start would change the target; 6: the copy is late; 7: no process holds it; 8: explain
 * or verify knows no such id, or a start could not make a change; 128 + n: ended by signal n.
 */
export function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'done':
      return 0;
    case 'failed':
      return ending.failure.exit;
    case 'differs':
      return 5;
    case 'unfit':
      return 3;
    case 'status':
      return ending.state === 'late' ? 6 : 7;
    case 'unable':
      return 8;
    case 'stopped':
      return 128 + constants.signals[ending.signal];
  }
}

/** The exit code for a sink's error whose code is in no list: a lost claim is the same event on every sink. */
const EXIT_OF_VERDICT = { fatal: 3, fenced: 3, retryable: 1, refused: 1 } as const satisfies Record<
  SinkErrorDetails['verdict'],
  ExitClass
>;

/**
 * Maps an error to an exit code and a message. The error may name its exit code (`exit`), else its code is looked up, else
 * the verdict of the sink decides.
 *
 * @param codes of core and of the sink at work; the command's own are known
 */
export function failureOf(error: unknown, codes: ErrorCodes): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const code = stringOf(error, 'code');
  const entry = code === null ? null : describedCode(code, codes);
  const exit = exitOf(error) ?? entry?.exit ?? (isSinkError(error) ? EXIT_OF_VERDICT[error.verdict] : null);
  if (code !== null && exit !== null)
    return { code, message, what: entry?.what ?? null, remedy: entry?.remedy ?? null, exit };
  const { what, remedy, exit: unexpected } = ownCodes.CLI_UNEXPECTED;
  return { code: 'CLI_UNEXPECTED', message, what, remedy, exit: unexpected };
}

/** Returns the description of a code; null: it is in no list. @param codes of core and of the sinks at work; the command's own are known */
export function describedCode(code: string, codes: ErrorCodes): ErrorCode | null {
  const list: ErrorCodes = Object.hasOwn(ownCodes, code) ? ownCodes : codes;
  return Object.hasOwn(list, code) ? (list[code] ?? null) : null;
}

/** Marks a SinkError of a sink that is being created: by contract it means bad input. */
export function asBadInput(error: unknown): unknown {
  return isSinkError(error) ? Object.assign(error, { exit: 2 }) : error;
}

function exitOf(error: unknown): ExitClass | null {
  const exit = error instanceof Error && 'exit' in error ? error.exit : null;
  return exit === 1 || exit === 2 || exit === 3 || exit === 4 ? exit : null;
}

function stringOf(error: unknown, name: string): string | null {
  const value = error instanceof Error ? Reflect.get(error, name) : null;
  return typeof value === 'string' ? value : null;
}
