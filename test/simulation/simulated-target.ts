import type { DeliverySettings } from '@dbsync/core';
import type { CampaignStatus } from '@dbsync/core/cli-kit';
import type { StoreSink } from '@dbsync/core/contract';
import type { FaultKind } from './fault-kinds.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export const CAMPAIGN = 'SIMULATED0000001';

/** One process's connection to the target. */
export interface Connection {
  readonly store: StoreSink;
  /** The deliveries of mode webhook; null: `db_sync`. */
  readonly delivery: DeliverySettings | null;
  /** Called when the process was killed: closes what the system closes then. */
  drop(): void;
}

export type TargetName = 'memory' | 'sqlite' | 'webhook';

/** The store of one world, seen from outside all processes. It outlives them. */
export interface SimulatedTarget {
  readonly name: TargetName;
  /** True where its clock is that of the machine, which can be set. */
  readonly hasMachineClock: boolean;
  /** Faults that it can have. */
  readonly kinds: readonly FaultKind[];
  connect(process: SimulatedProcess): Connection;
  /** Reads the `$version` of the body of each contact that was written last; null: it has no such contact. */
  readHeldNrs(): (contactId: string) => number | null;
  /** True where it has neither rows nor progress, so that a start begins a new copy. */
  holdsNothing(): boolean;
  /**
   * Yields each difference from the truth, in words.
   * @param asOfMs later changes may be there or not
   */
  differences(asOfMs: number, isExcused: (id: string) => boolean): Iterable<string>;
  /** Transactions whose order of deliveries leaves an older content as the last one, and since when. */
  outdated(): ReadonlyMap<string, number>;
  /**
   * Reads what `dbsync status` shows, past all processes. Null: the target has no such campaign, or it has a clock of its
   * own, and no time passes there.
   */
  readStatus(): Promise<CampaignStatus | null>;
  /** Keeps a copy of all contents, for `setBack`. */
  keepSnapshot(): void;
  /** Restores a copy; 0: the newest, just below 1: the oldest. False where there is none. */
  setBack(age: number): boolean;
  /** Removes all its data of the stream, and keeps rows. */
  loseState(): void;
  /**
   * Removes rows; `all`: the inbound calls as well.
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
