import type { CallOptions } from './call-options.js';
import type { Claim } from './claim.js';

/**
 * Loads a first copy without keys and indexes, and builds them at the end, for a store to which that makes a difference.
 * Such a load is a phase of the whole target, and the target records it before its first row.
 *
 * While it is on, every promise of `write`, `readVersions` and `readState` holds; only calls about contacts that were
 * written before may be slow. So core writes each contact once while it is on, and leaves all that comes a second time,
 * and inbound calls, until `finish` has returned. Rows of two contacts may have one id until then.
 */
export interface BulkLoading {
  /**
   * Begins the phase, where the target has no rows and the sink makes its tables, or continues one of this stream that
   * another claim left. Called at the start of a first copy, before `declareFields`, beside no other call that writes. Returns
   * whether the phase is on for this claim: false where the target has rows otherwise, tables of others, or what else
   * makes it load as ever. Where the phase is continued, `readVersions` gives the contacts that earlier claims
   * wrote, and may leave out what `compareRows` asks for. May take minutes.
   */
  begin(claim: Claim, options: CallOptions): Promise<boolean>;
  /**
   * Ends the phase, whichever process or stream began it: from the first moment on no write of it commits without the
   * keys, and all that is missing is built. Returns at once where no phase is on. Core calls it after each claim that
   * continues no phase, before `declareFields`, and at the end of the phase; beside no `write` and no `readVersions`, as
   * with `declareFields`. It may take hours. A process that is killed leaves the rest to the next call. A part that cannot
   * be built for good, such as a foreign key that rows of other programs break, is reported by `notify` and left out.
   *
   * @returns the contacts of this stream that it removed whole, because another contact has an id of theirs, or because
   * they were there twice. Core fetches them again, and `write` tells the ids apart.
   */
  finish(
    claim: Claim,
    options: CallOptions & { readonly onStep?: (step: BuildStep) => void },
  ): Promise<readonly string[]>;
}

/** One step of building keys, reported when it begins. */
export interface BuildStep {
  /** The part that is built, such as `key of mcall_transactions`. */
  readonly what: string;
  /** The number of this step, from 1. */
  readonly step: number;
  /** The number of all steps. */
  readonly of: number;
}
