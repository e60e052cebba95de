import type { TdsValue } from './data-type.ts';
import type { Column } from './requests.ts';
import { serverError } from './server-errors.ts';
import type { ServerMessage } from './tokens.ts';
import { typeNamed } from './type-info.ts';

/** The result of one statement. */
export type Part =
  | { readonly kind: 'rows'; readonly columns: readonly Column[]; readonly rows: readonly (readonly TdsValue[])[] }
  /** The number of rows; null for a statement that counts nothing. */
  | { readonly kind: 'count'; readonly count: number | null }
  | Failure
  | { readonly kind: 'info'; readonly info: ServerMessage }
  | { readonly kind: 'output'; readonly values: Readonly<Record<string, TdsValue>> }
  | { readonly kind: 'tokens'; readonly bytes: Buffer };

interface Failure {
  readonly kind: 'error';
  readonly error: ServerMessage;
  /** True: the server rolls the open transaction back; absent: as a server does for this error. */
  readonly endsTransaction?: boolean;
}

export function isError(part: Part): part is Failure {
  return part.kind === 'error';
}

export type Reply =
  | { readonly kind: 'answer'; readonly parts: readonly Part[] }
  | { readonly kind: 'hang' }
  | { readonly kind: 'stall'; readonly parts: readonly Part[] }
  | { readonly kind: 'drop'; readonly when: 'before' | 'midway' | 'after'; readonly parts: readonly Part[] }
  | { readonly kind: 'wire'; readonly bytes: Buffer };

/** Makes a result: its columns with their types as T-SQL declares them, then its rows. */
export function rows(columns: Readonly<Record<string, string>>, ...values: readonly (readonly TdsValue[])[]): Part {
  const described = Object.entries(columns).map(([name, type]) => ({ name, type: typeNamed(type) }));
  return { kind: 'rows', columns: described, rows: values };
}

/** Makes the count of changed rows. */
export function count(changed: number): Part {
  return { kind: 'count', count: changed };
}

/** Success without a count. */
export const nothing: Part = { kind: 'count', count: null };

/**
 * Makes an error, in SQL Server's words where its number is known here. As in SQL Server a deadlock ends the
 * transaction, and so does every error after `SET XACT_ABORT ON`.
 */
export function fails(
  number: number,
  { endsTransaction, ...change }: Partial<ServerMessage> & Pick<Failure, 'endsTransaction'> = {},
): Part {
  const error = serverError(number, change);
  return { kind: 'error', error, ...(endsTransaction !== undefined && { endsTransaction }) };
}

/** Makes a message that is no error, like that of PRINT. */
export function informs(message: string, number = 0): Part {
  return { kind: 'info', info: { number, message, state: 1, class: 0 } };
}

/** Makes values of output parameters, by their names without the `@`. */
export function outputs(values: Readonly<Record<string, TdsValue>>): Part {
  return { kind: 'output', values };
}

/** Puts these bytes among the tokens of an answer, in whole packets. */
export function tokens(bytes: Buffer): Part {
  return { kind: 'tokens', bytes };
}

/** Sends no answer. A cancel is acknowledged, unless a rule for `cancel` decides otherwise. */
export const hangs: Reply = { kind: 'hang' };

/** Sends half of the answer, then nothing, until a cancel lets the rest come. */
export function stalls(...parts: readonly Part[]): Reply {
  return { kind: 'stall', parts };
}

/** Ends the connection before, in the middle of, or right after the answer. */
export function drops(when: 'before' | 'midway' | 'after', ...parts: readonly Part[]): Reply {
  return { kind: 'drop', when, parts: parts.length === 0 ? [nothing] : parts };
}

/** Sends these bytes unchanged, without a packet around them. */
export function wireBytes(bytes: Buffer): Reply {
  return { kind: 'wire', bytes };
}
