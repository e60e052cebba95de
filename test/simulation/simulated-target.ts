import type { DeliverySettings } from '@dbsync/core';
import type { StoreSink } from '@dbsync/core/contract';
import type { FaultKind } from './fault-kinds.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export const CAMPAIGN = 'SIMULATED0000001';

/** What one process holds of the target. */
export interface Connection {
  readonly store: StoreSink;
  /** Of mode webhook; null: `db_sync`. */
  readonly delivery: DeliverySettings | null;
  /** Called when the process was killed: what the system closes then. */
  drop(): void;
}

export type TargetName = 'memory' | 'sqlite' | 'webhook';

/** The store of one world, seen past all processes. It outlives them. */
export interface SimulatedTarget {
  readonly name: TargetName;
  /** Faults that it can have. */
  readonly kinds: readonly FaultKind[];
  connect(process: SimulatedProcess): Connection;
  /** The `$version` of the body that was written last; null: it has no such contact. */
  heldNr(contactId: string): number | null;
  /**
   * Each difference from the truth, in words.
   * @param asOfMs what changed later may be there or not
   */
  differences(asOfMs: number, isExcused: (id: string) => boolean): Iterable<string>;
  /** What was delivered in an order that leaves an older content the last one, and since when. */
  readonly outdated: ReadonlyMap<string, number>;
  /** Keeps a copy of all that is in it, for `setBack`. */
  keepSnapshot(): void;
  /** As if it were restored from a copy; 0: the newest, just below 1: the oldest. False where there is none. */
  setBack(age: number): boolean;
  /** Removes all that it knows of the stream, and keeps rows. */
  loseState(): void;
  /**
   * `all`: the inbound calls as well.
   *
   * @returns the contacts whose rows are not all there any more
   */
  removeRows(what: 'contact' | 'record' | 'all', draw: number): readonly string[];
  /**
   * Removes a column or a table, where there are some.
   *
   * @returns the contacts that may have lost something
   */
  removePart(what: 'column' | 'table', draw: number): readonly string[];
  /** Called once an hour, to give memory back. */
  tidy(): void;
  close(): void;
}

export const NONE_OUTDATED: ReadonlyMap<string, number> = new Map();
