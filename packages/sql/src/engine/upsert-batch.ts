import type { CompiledQuery } from 'kysely';
import type { Cell, Storage } from './storage.js';

/**
 * One transaction, in this order: `before`, rows, `statements`, `guards`. It commits when every guard has met exactly one row and no
 * row belonged to another owner; else nothing of it does.
 */
export interface UpsertBatch {
  /** Locks that rows of a table without a unique key need, and rows that are made free for another owner. Absent: none. */
  readonly before?: readonly CompiledQuery[];
  /** Parents before children. Within a table no key twice. */
  readonly rows: readonly TableRows[];
  readonly statements: readonly CompiledQuery[];
  readonly guards: readonly Guard[];
  /** Owners of whom the answer must tell whether a row of theirs changed; mostly empty. */
  readonly watched: ReadonlySet<string>;
  /** No row of these contacts was there a moment ago: an engine may try a plain insert first. A hint, never a promise. */
  readonly seemsNew?: boolean;
}

/** Says whether a batch still may be committed. */
export interface Guard {
  readonly query: CompiledQuery;
  /** What it does with the one row: a SELECT returns it, an UPDATE changes it. */
  readonly meets: 'returned' | 'changed';
}

/** Rows of one table to be inserted or updated. */
export interface TableRows {
  readonly table: UpsertTable;
  readonly rows: RowSource;
}

/**
 * Rows whose cells stand in the order of the table's columns. They are made when they are asked for, each time anew, so
 * that a batch is not in memory twice: an engine passes them on as they come.
 */
export interface RowSource extends Iterable<readonly Cell[]> {
  readonly length: number;
}

/** The same object as long as the table keeps its columns: an engine may prepare statements by it. */
export interface UpsertTable {
  readonly name: string;
  /** The first is the key. `changed` is not among them. */
  readonly columns: readonly UpsertColumn[];
  /** No unique key of the table holds the id alone: `before` keeps other writers away meanwhile. Absent: false. */
  readonly lacksKey?: boolean;
  /** Triggers of another program may keep rows out, or as they were, without an error: the answer counts those. Absent: none can. */
  readonly mayDropRows?: boolean;
  /**
   * The contact or the campaign that owns a row: an upsert never takes a row from another owner. Null: rows have no owner. A row
   * whose owner is NULL is free, and so is one that comes without an owner.
   */
  readonly ownerIndex: number | null;
  /** Set to the database's clock when a row is inserted or one of its columns changes; never compared. */
  readonly changed: UpsertColumn;
}

/** A column of a table that is written. */
export interface UpsertColumn {
  readonly name: string;
  /** As described by the database. */
  readonly type: string;
  readonly storage: Storage;
}

/** What was committed, or why nothing was. */
export type UpsertAnswer =
  | {
      readonly committed: true;
      readonly inserted: number;
      readonly updated: number;
      readonly unchanged: number;
      /** Those of `watched` with a row inserted or updated. */
      readonly touched: ReadonlySet<string>;
      /** Rows that a trigger kept out, or as they were, by their table (`mayDropRows`). Absent: none were. */
      readonly dropped?: ReadonlyMap<UpsertTable, number>;
    }
  /** A guard met no row. Which one, the caller finds out. */
  | { readonly committed: false; readonly because: 'guard' }
  /** Rows with these keys belong to another owner. */
  | { readonly committed: false; readonly because: 'owner'; readonly taken: readonly TakenKey[] };

/** A key whose row belongs to another contact. */
export interface TakenKey {
  readonly table: UpsertTable;
  readonly key: string;
}
