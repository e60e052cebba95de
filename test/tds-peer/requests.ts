import type { DataType, TdsValue } from './data-type.ts';
import type { Login } from './login.ts';

interface AnyRequest {
  /** The number of its connection, counted from 1 in the order in which they were opened. */
  readonly connection: number;
  /** The T-SQL in short: regular expressions of scripts are compared with it. */
  readonly text: string;
  /** True where the session must be reset before this is served. */
  readonly reset: boolean;
  /** True where it was sent inside an open transaction. */
  readonly inTransaction: boolean;
}

export interface LoginRequest extends AnyRequest {
  readonly kind: 'login';
  readonly login: Login;
}

/** T-SQL without parameters. */
export interface BatchRequest extends AnyRequest {
  readonly kind: 'batch';
}

/**
 * A call of a procedure. For `sp_executesql` and the calls that prepare and execute a statement, the text is the
 * statement and the parameters are the statement's own; for any other the text is the name.
 */
export interface CallRequest extends AnyRequest {
  readonly kind: 'call';
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  /** The name without the `@`; empty where only the position tells. */
  readonly name: string;
  readonly type: DataType;
  readonly value: TdsValue;
  readonly output: boolean;
}

/** The rows after an `insert bulk`, whose statement is the text. */
export interface BulkRequest extends AnyRequest {
  readonly kind: 'bulk';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TdsValue[])[];
}

export interface Column {
  readonly name: string;
  readonly type: DataType;
}

/** A step of a transaction in TDS itself; its text is the equivalent T-SQL. */
export interface TransactionRequest extends AnyRequest {
  readonly kind: 'transaction';
}

/** An attention: the running request is to be cancelled. */
export interface CancelRequest extends AnyRequest {
  readonly kind: 'cancel';
}

/** A request that the client took back before all of it was sent. */
export interface WithdrawnRequest extends AnyRequest {
  readonly kind: 'withdrawn';
}

export type TdsRequest =
  | LoginRequest
  | BatchRequest
  | CallRequest
  | BulkRequest
  | TransactionRequest
  | CancelRequest
  | WithdrawnRequest;
