import type { CallOptions } from '@dbsync/core/contract';
import type { CompiledQuery, RawBuilder } from 'kysely';
import type { Storage } from './storage.js';

/** The spelling that an engine has for the expressions of views. All times are in UTC, of a type without a zone. */
export interface ViewDialect {
  /** Returns the time that a column holds; NULL where its text is no time. `type`: as `describe` spells it. */
  time(column: RawBuilder<unknown>, type: string, storage: Storage): RawBuilder<unknown>;
  /** Returns the number that a column or a text holds; NULL where a text is no number. */
  number(column: RawBuilder<unknown>, storage: Storage): RawBuilder<unknown>;
  /** Returns the value of this field in a cell of `$overflow`, as text; NULL where it has none, or is no JSON. */
  overflowText(overflow: RawBuilder<unknown>, field: string): RawBuilder<unknown>;
  /** Returns a time, spelled as `2026-03-29 01:00:00`, as a constant. */
  constant(time: string): RawBuilder<unknown>;
  /** Returns the time this number of seconds later. */
  later(time: RawBuilder<unknown>, seconds: number): RawBuilder<unknown>;
  /** Returns the day of a time, as a date. */
  dayOf(time: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Returns the hour of the day, from 0 to 23. */
  hourOfDay(time: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Returns the beginning of the hour. */
  hourOf(time: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Returns the seconds from one time to another, with three digits of a second's fraction. */
  secondsBetween(from: RawBuilder<unknown>, to: RawBuilder<unknown>): RawBuilder<unknown>;
  /** Returns the whole days from one time until now. */
  daysSince(time: RawBuilder<unknown>): RawBuilder<unknown>;
  /**
   * Returns the join of a query of one row that names columns of the tables before it. Without it, each column of that row is a query of its
   * own: MariaDB and SQLite have no such join.
   */
  joinRow?(query: RawBuilder<unknown>, alias: string): RawBuilder<unknown>;
}

/** Makes and drops views, in the schema of the tables. */
export interface ViewKeeper {
  /** Returns those of these names that a view, a table or another object has. */
  listTaken(names: readonly string[], options: CallOptions): Promise<readonly string[]>;
  /**
   * Returns those of these views, which dbsync made, that no reader gets rows from: a restore ended early, or the account that a view runs
   * as is gone or lost its rights. Absent: the engine has no such views.
   */
  listBroken?(views: readonly string[], options: CallOptions): Promise<readonly string[]>;
  /**
   * Makes the view, or gives it another definition, and keeps its grants. A reader finds the former definition or the new
   * one.
   */
  replace(view: string, select: CompiledQuery, options: CallOptions): Promise<void>;
  /** Drops the view; does nothing where there is none. */
  drop(view: string, options: CallOptions): Promise<void>;
}
