import type { Stream } from './batch.js';
import type { CallOptions } from './call-options.js';

/** Proof of the right to write a stream. */
export interface Claim {
  readonly stream: Stream;
  /** A random UUID, a new one for each claim. */
  readonly holder: string;
  readonly epoch: bigint;
  /**
   * The facts that rows depend on beside the upstream: filter, fields, field limit, column types. Readable, at most 500
   * characters.
   */
  readonly plan: string;
  readonly leaseMs: number;
}

/** The options of a claim. */
export interface ClaimOptions extends CallOptions {
  readonly leaseMs: number;
  /** Stored beside the lease, so that other processes can name the holder and see whether it lives. */
  readonly process: ProcessIdentity;
  /**
   * Takes over from this holder though its lease still runs: the caller knows that it is dead, or that it is the caller
   * itself.
   */
  readonly takeOverFrom?: string;
  /** @deprecated The former name of `takeOverFrom`. Core sets both. */
  readonly supersede?: string;
}

/** The facts that identify a process, so that another one on the same machine can tell whether it still runs. */
export interface ProcessIdentity {
  readonly host: string;
  /** Differs after every boot of the machine. */
  readonly bootId: string;
  readonly pid: number;
  /** Tells two processes of one pid apart. */
  readonly startedAt: string;
}

/** The claim, or the present holder of the stream. */
export type ClaimAnswer =
  | { readonly granted: true; readonly claim: Claim }
  | { readonly granted: false; readonly heldBy: LeaseHolder };

/** The holder of a stream, as far as the target knows. */
export interface LeaseHolder {
  readonly holder: string;
  readonly plan: string;
  readonly process: ProcessIdentity;
  /** A text that changes with every renewal and every write: while it stands still, so does the holder. */
  readonly beats: string;
  /** The rest of the lease by the target's clock. */
  readonly expiresInMs: number;
}
