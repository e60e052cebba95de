import type { CallOptions, SinkError } from '@dbsync/core/contract';

/** Knows the rights of the account on single tables. */
export interface EngineRights {
  /** Lists the rights that the account lacks on these tables, which exist. */
  lacking(tables: readonly string[], options: CallOptions): Promise<readonly LackingRights[]>;
  /**
   * Returns an error about a missing right on one of these tables or views with the statements that give it. Other errors come back as
   * they are.
   */
  explain(error: SinkError, call: DeniedCall, options: CallOptions): Promise<SinkError>;
}

/** The rights that the account lacks on one table. */
export interface LackingRights {
  readonly table: string;
  /** The rights, such as `INSERT, UPDATE`; `ownership` for the right to change columns. */
  readonly rights: string;
  /** The statement that an administrator runs. */
  readonly grant: string;
  /** True where rows cannot be written without them; false where only changes of the table fail. */
  readonly stopsWrites: boolean;
}

/** A call that may have lacked a right. */
export interface DeniedCall {
  /** The names of all tables and views of dbsync, whether they are there or not. */
  readonly names: readonly string[];
  /** True for a sink that writes no rows and makes no tables: it needs no more than to read, but for requests. */
  readonly onlyLooks: boolean;
}
