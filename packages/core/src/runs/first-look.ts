import type { CallsLook } from './compare-calls.js';
import type { CellsLook } from './compare-cells.js';
import type { Suspect } from './verify-desk.js';

/** The differences that the first look found. */
export interface FirstLook {
  readonly contacts: number;
  /** A contact that the campaign has; null: none was seen. */
  readonly present: string | null;
  readonly suspects: readonly Suspect[];
  /** Stored contacts that the listing lacked, or that have no body. */
  readonly maybeGone: readonly string[];
  /** Contacts that were asked for by name, and that the API twice failed to give: nothing of them was compared. */
  readonly unfetched: readonly string[];
  /** Rows and cells that differed; null: they were not looked at. */
  readonly cells: CellsLook | null;
  readonly calls: CallsLook;
  /** The API's time after the last answer, in milliseconds since 1970. */
  readonly seenMs: number;
}
