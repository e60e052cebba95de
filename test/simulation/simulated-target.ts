import type { Progress, StoreSink } from '@dbsync/core/contract';

export const CAMPAIGN = 'SIMULATED0000001';

/** What a copy holds of one contact. */
export interface HeldContact {
  /** The `$version` of the body that was written. */
  readonly nr: number;
  /** Records that should be there with it and are not, as `table id`. */
  readonly missing: readonly string[];
}

/** The store of one world, seen past all processes. It outlives them. */
export interface SimulatedTarget {
  /** A new connection to it, for one process. */
  connect(): StoreSink;
  /** @param recordsOf what a whole copy of a version has, as `table id` */
  held(contactId: string, recordsOf: (nr: number) => readonly string[]): HeldContact | null;
  /** The newest `hangup_time` of a call; undefined: it has no such call. */
  heldCall(callId: string): string | null | undefined;
  isDeadLetter(contactId: string): boolean;
  readonly progress: Progress | null;
  /** Keeps a copy of all that is in it, for `setBack`. */
  keepSnapshot(): void;
  /** As if it were restored from a copy; 0: the newest, just below 1: the oldest. False where there is none. */
  setBack(age: number): boolean;
  /** Removes all that it knows of the stream, and keeps rows. */
  loseState(): void;
  /** @returns the contacts whose rows are not all there any more */
  removeRows(what: 'contact' | 'record' | 'all', draw: number): readonly string[];
  /** Called once an hour, to give memory back. */
  tidy(): void;
  close(): void;
}
