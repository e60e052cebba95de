import type { CallOptions } from './call-options.js';
import type { Fields } from './json.js';
import type { RowTable } from './rows.js';
import type { SinkTarget } from './sink-plugin.js';

/**
 * The module under `./testing` in the `exports` of a store's package exports this as `createTestTargets`, for
 * `dbsync plugins test`: it makes places for the conformance suite within a target of the user's. Absent: the command
 * reports that the sink has none. It opens no file and no connection.
 */
export type CreateTestTargets = (target: SinkTarget) => TestTargets;

/** Places for tests within one target. */
export interface TestTargets {
  /** Names what the target holds, such as its tables. Empty: it may be used for tests. Makes nothing. */
  contents(options: CallOptions): Promise<readonly string[]>;
  /**
   * Makes an empty place within the target for one case: rows and progress of other places are not seen there.
   *
   * @param number counts from 1
   */
  createPlace(number: number, options: CallOptions): Promise<TestPlace>;
  /**
   * Closes all that was opened. The target is as it was before; a target that was not there is not there again. A target
   * that holds something stays, since another program may have put it there meanwhile.
   */
  close(): Promise<void>;
}

/** An empty place for one case. */
export interface TestPlace {
  /** The parts of the target that differ for sinks on this place. */
  readonly target: Pick<SinkTarget, 'address' | 'options'>;
  /** True: it keeps each field under its name without making room first. Absent: false. */
  readonly hasNoSchema?: boolean;
  /** True: it is in the memory of this process, so cases with a second process are not run. Absent: false. */
  readonly isInMemory?: boolean;
  /** Returns all rows of a table as any other program would read them: never through the sink. */
  readRows(table: RowTable): Promise<readonly TestRow[]>;
  /** Removes the place with all that is in it. All sinks are closed by then. */
  remove(): Promise<void>;
}

/** The contents of a row, in the upstream's terms. */
export interface TestRow {
  readonly id: string;
  /** The record above it; null where there is none. */
  readonly contactId: string | null;
  readonly transactionId: string | null;
  /** The parent of a connection, the connection of a recording. */
  readonly connectionId: string | null;
  /**
   * Values by the upstream's field names, those in overflow included. A time is ISO 8601 with its zone, a boolean a
   * boolean, a number a number or its digits. Columns of the sink's own are left out.
   */
  readonly values: Fields;
}
