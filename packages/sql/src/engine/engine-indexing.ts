import { randomBytes } from 'node:crypto';
import type { CallOptions } from '@dbsync/core/contract';
import type { CompiledQuery, RawBuilder } from 'kysely';
import type { ColumnKind } from './storage.js';
import type { ColumnDescription } from './table-description.js';

/** Builds indexes for reports beside the writes of any process. */
export interface EngineIndexing {
  /**
   * Returns the column as a part of an index that takes each value that dbsync writes into it, such as its first
   * characters. Null: no index can have this column.
   */
  partOf(column: ColumnDescription, kind: ColumnKind): RawBuilder<unknown> | null;
  /**
   * Returns the statement that builds an index while others write, as far as the server can.
   * @param isSmall the table is so small that writes may wait until the index is built
   */
  statement(index: IndexStatement, isSmall: boolean): RawBuilder<unknown>;
  /** Returns whether writes of the table wait until an index is built. Called within `alone`. */
  holdsUpWrites(): boolean;
  /**
   * Runs work that builds, in a separate session if the engine has several: when this session is lost, the copy does not claim again.
   * Returns null if another process already builds.
   */
  alone<T>(options: CallOptions, run: (build: BuildIndex) => Promise<T>): Promise<T | null>;
}

/**
 * Builds an index, and gives up if other sessions would have to wait. First removes the rest of a killed build of this index.
 *
 * @param statementFor returns the statement for an index of this name: another table may have the usual one
 */
export type BuildIndex = (
  table: string,
  name: string,
  statementFor: (name: string, isSmall?: boolean) => CompiledQuery,
) => Promise<void>;

/** The parts of the statement, quoted. */
export interface IndexStatement {
  readonly name: RawBuilder<unknown>;
  readonly table: RawBuilder<unknown>;
  readonly parts: RawBuilder<unknown>;
}

/** Returns another name for an index whose usual one belongs to another table. */
export function otherIndexName(name: string): string {
  return `${name}_${randomBytes(3).toString('hex')}`;
}

/** True for the usual name of an index, and for the other ones that {@link otherIndexName} gives it. */
export function isIndexName(usual: string, name: string): boolean {
  return name === usual || (name.startsWith(`${usual}_`) && /^[0-9a-f]{6}$/.test(name.slice(usual.length + 1)));
}
