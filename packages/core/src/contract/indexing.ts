import type { BuildStep } from './bulk-loading.js';
import type { CallOptions } from './call-options.js';

/**
 * Builds indexes that make reports fast, and that no row needs, for a store to which that makes a difference. They are no
 * part of the promises about rows: a record that could be stored without them can be stored with them, whatever its
 * values are, and no write fails, or waits for long, because one is there, is being built, or cannot be built.
 */
export interface Indexing {
  /**
   * Builds what is missing, one index after the other, beside all other calls of this process and of others. No claim is
   * needed: rows do not change. It looks before it builds, so that a process that is killed leaves the rest to the next
   * call, and one that finds everything built returns at once. It may take hours.
   *
   * An index that cannot be built now is reported by `notify`, with the reason and a remedy, and left out; `isLeft` asks
   * core to call again later. It throws only where it could not look. The effect of an aborted call is unknown: an index
   * may be there or not, and no other part of the target has changed.
   */
  buildIndexes(options: IndexingOptions): Promise<IndexesBuilt>;
}

/** The options of building indexes. */
export interface IndexingOptions extends CallOptions {
  /**
   * True: this process writes nothing meanwhile, so a build may hold up its own writes. Absent: it writes, and a build that
   * would hold writes up for long has to wait for such a call.
   */
  readonly whileIdle?: boolean;
  readonly onStep?: (step: BuildStep) => void;
}

/** The result of building indexes. */
export interface IndexesBuilt {
  /** The indexes that this call built, such as `mcall_connections (user, started)`. */
  readonly built: readonly string[];
  /** True: some are missing that a later call may be able to build. */
  readonly isLeft: boolean;
}
