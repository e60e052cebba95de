import type { CompiledQuery } from 'kysely';
import type { Cell, Storage } from './storage.js';

/**
 * One transaction, in this order: `before`, rows, `statements`, `guards`. It commits when every guard has met exactly
 * one row and no row belonged to another owner; else it commits nothing.
 */
export interface UpsertBatch {
  /**
   * Statements that lock out other writers, for rows of a table without a unique key, and that free rows for another
   * owner. Absent: none.
   */
  readonly before?: readonly CompiledQuery[];
  /** Parents before children. Each key once within a table. */
  readonly rows: readonly TableRows[];
  readonly statements: readonly CompiledQuery[];
  readonly guards: readonly Guard[];
  /** Tables that the statements read by foreign keys alone, as a deletion reads the tables below. Absent: none. */
  readonly readByKeys?: readonly string[];
  /** Owners for whom the answer must tell whether one of their rows changed; mostly empty. */
  readonly watched: ReadonlySet<string>;
  /**
   * No row of these contacts was there a moment ago, so an engine may try a plain insert first. A hint, not a promise.
   */
  readonly seemsNew?: boolean;
}

/** A query that decides whether a batch may still be committed. */
export interface Guard {
  readonly query: CompiledQuery;
  /** The query's effect on the one row: a SELECT returns it, an UPDATE changes it. */
  readonly meets: 'returned' | 'changed';
}

/** Rows of one table to be inserted or updated. */
export interface TableRows {
  readonly table: UpsertTable;
  readonly rows: RowSource;
}

/**
 * Rows whose cells are in the order of the table's columns. Each iteration makes them again, so that a batch is not in
 * memory twice: an engine passes them on as they come. The array of a row is the same one for the next row, so an engine
 * that keeps a row copies it.
 */
export interface RowSource extends Iterable<readonly Cell[]> {
  readonly length: number;
}

/**
 * A table to write. It stays the same object while the table keeps its columns, so an engine may keep prepared
 * statements by it.
 */
export interface UpsertTable {
  readonly name: string;
  /** The columns that are written. The first is the key. `changed` is not among them. */
  readonly columns: readonly UpsertColumn[];
  /**
   * True: no unique key of the table holds the id alone, and `before` keeps other writers away meanwhile. Absent:
   * false.
   */
  readonly lacksKey?: boolean;
  /**
   * True: triggers of another program may keep rows out, or as they were, without an error, so the answer counts those.
   * Absent: none can.
   */
  readonly mayDropRows?: boolean;
  /**
   * The column that names a row's owner, a contact or a campaign: an upsert never takes a row from another owner. Null:
   * rows have no owner. A row whose owner is NULL is free, and so is a new row without an owner.
   */
  readonly ownerIndex: number | null;
  /** A column that gets the database's time when a row is inserted or one of its columns changes; never compared. */
  readonly changed: UpsertColumn;
}

/** A column of a table that is written. */
export interface UpsertColumn {
  readonly name: string;
  /** The type as the database describes it. */
  readonly type: string;
  readonly storage: Storage;
}

/** The committed changes, or the reason why nothing was committed. */
export type UpsertAnswer =
  | {
      readonly committed: true;
      readonly inserted: number;
      readonly updated: number;
      readonly unchanged: number;
      /** The owners among `watched` who had a row inserted or updated. */
      readonly touched: ReadonlySet<string>;
      /**
       * The number of rows that a trigger kept out, or as they were, by their table (`mayDropRows`). Absent: none were.
       */
      readonly dropped?: ReadonlyMap<UpsertTable, number>;
    }
  /** A guard met no row. The caller finds out which one. */
  | { readonly committed: false; readonly because: 'guard' }
  /** Rows with these keys belong to another owner. */
  | { readonly committed: false; readonly because: 'owner'; readonly taken: readonly TakenKey[] };

/** A key whose row belongs to another contact. */
export interface TakenKey {
  readonly table: UpsertTable;
  readonly key: string;
}
