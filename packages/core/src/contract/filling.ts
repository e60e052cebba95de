import type { CallOptions } from './call-options.js';
import type { Claim } from './claim.js';

/**
 * Fills room that came after the records: values that records have in overflow move into the room that their field has
 * by now. It is work of minutes or hours for a store with millions of records, so it is done in parts, beside all other
 * calls.
 */
export interface Filling {
  /**
   * Does a bounded part of the work, about a second of it, and keeps how far it is. Each record keeps its values, also
   * where another process writes it meanwhile, where the claim was lost, and where the call is cut off: the next call, of any
   * process, continues. It changes nothing that a proof says. Called again and again under the claim, beside `write` and
   * all others; throws `fenced` where the claim is not the stream's any more, or does nothing then.
   *
   * @returns how far it is; null: nothing is left to fill, or it must wait
   */
  fill(claim: Claim, options: CallOptions): Promise<FillStep | null>;
}

/** The progress of the records of one kind. */
export interface FillStep {
  /** The target's own name of the kind of records, such as `mcall_transactions`. */
  readonly what: string;
  /** The number of records that are done. */
  readonly done: number;
  /** About how many there are; null: not known. */
  readonly of: number | null;
}
