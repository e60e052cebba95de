import type { DataType, TdsValue } from './data-type.ts';
import type { Login } from './login.ts';

interface AnyRequest {
  /** Of the connection that it came by, counted from 1 in the order in which they were opened. */
  readonly connection: number;
  /** The T-SQL of it, in short: what a regular expression of a script is tried on. */
  readonly text: string;
  /** The client wants the session as new before this is served. */
  readonly reset: boolean;
  /** Sent inside an open transaction. */
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
 * A procedure. Of `sp_executesql` and the calls that prepare and execute a statement, the text is the statement and the
 * parameters are the statement's own; of any other the text is the name.
 */
export interface CallRequest extends AnyRequest {
  readonly kind: 'call';
  readonly procedure: string;
  readonly parameters: readonly Parameter[];
}

export interface Parameter {
  /** Without the `@`; empty when only its place tells. */
  readonly name: string;
  readonly type: DataType;
  readonly value: TdsValue;
  readonly output: boolean;
}

/** The rows after an `insert bulk`, whose statement the text is. */
export interface BulkRequest extends AnyRequest {
  readonly kind: 'bulk';
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly TdsValue[])[];
}

export interface Column {
  readonly name: string;
  readonly type: DataType;
}

/** A step of a transaction asked for in TDS itself; its text is as T-SQL would ask for it. */
export interface TransactionRequest extends AnyRequest {
  readonly kind: 'transaction';
}

/** An attention: the request that runs is to be given up. */
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
