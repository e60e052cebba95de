import type { Batch, Progress, Stream, WriteResult } from './batch.js';
import type { BulkLoading } from './bulk-loading.js';
import type { CallOptions, Finding } from './call-options.js';
import type { Claim, ClaimAnswer, ClaimOptions, LeaseHolder } from './claim.js';
import type { ContactTree } from './contact-tree.js';
import type { DeadLetter } from './dead-letter.js';
import type { Erasure } from './erasure.js';
import type { Explaining } from './explaining.js';
import type { Filling } from './filling.js';
import type { Indexing } from './indexing.js';
import type { Mirroring } from './mirroring.js';
import type { Operator } from './operator-act.js';
import type { Reporting } from './reporting.js';
import type { Field, PlannedChanges, SchemaChange } from './schema-change.js';
import type { StoreRequest } from './store-request.js';
import type { Summarising } from './summarising.js';
import type { Verifying } from './verifying.js';
import type { Viewing } from './viewing.js';

/**
 * A target with transactions.
 *
 * Order: `open` once; then `declareFields` before the first write; then all calls in any order; `close` once. `open`
 * and `close` run alone, `declareFields` beside no `write` and no `readVersions`; all other calls may overlap, writes
 * up to `limits.concurrentWrites` at a time. Core's guard promises the author: calls in that order, batches within the
 * limits, no contact in two writes at a time. A sink classifies its errors ({@link SinkError}) and never repeats a call
 * itself: only core repeats. A connection that broke or could not be opened is `retryable` and `connectionLost`, also
 * where it was lost between two calls: the next call throws it. Core then drops all that it believes, claims again and
 * reads everything again, since the target may be another one. An abort through `signal` means: answer soon; the guard
 * waits 5 s, then it gives the call up. A call that ends by an abort throws `signal.reason`, or a SinkError that is
 * `retryable` and not unclassified: with `not-committed` where the sink is sure, else with `unknown`. Core takes every
 * other error of an aborted call for `retryable` and `unknown`. The effect on the server is then unknown, not failed;
 * but it is whole or nothing, and final once a newer claim has been granted.
 */
export interface StoreSink {
  readonly kind: 'store';
  readonly limits: StoreLimits;
  /** The connections that it may open, where its server allows a number of them. Absent: no number limits it. */
  readonly connections?: SinkConnections;

  /** Connects and prepares the sink's own tables, so that `claim` works. May be called again after it threw. */
  open(options: CallOptions): Promise<void>;
  /**
   * Checks the target and returns findings for an operator. Findings are never thrown, not even that the target is
   * gone. It changes nothing. A run calls it once, beside its first writes. `connections`: the connections that all campaigns of one
   * file may open to its server; a sink that knows how many the server allows compares the two.
   */
  checkHealth(options: CallOptions & { readonly connections?: number }): Promise<readonly Finding[]>;
  /** Closes the sink: no timer, handle or lock is left. A second call does nothing. Does not release claims. */
  close(): Promise<void>;

  /**
   * Makes room for these custom fields: adds and widens, never drops or narrows, except a reference (`unlink`). Values
   * without room go into overflow. Fields of earlier calls stay in use, also where a later call, or another process,
   * does not name them: while the campaign's fields cannot be had, core declares none. A change that cannot be made now
   * blocks no other, and no row: values without room go into overflow. It throws only where rows cannot be written
   * without the change. Core calls it at each check of the fields, every few minutes, mostly with the same fields: then
   * a change that could not be made before is tried again. With `dryRun` it returns the changes that it would make, and
   * changes nothing. A store without a schema keeps each field under its name, so it has no room to make: it returns no
   * change. It makes missing parts of the target's own shape again. Everything that those parts held is lost, so from
   * then on no version is known that was proved before, and `readState` says so to every stream.
   */
  declareFields(
    fields: readonly Field[],
    options: CallOptions & { readonly dryRun?: boolean },
  ): Promise<readonly SchemaChange[]>;

  /**
   * Returns all that a start would change in the target as it is now: `open` and `declareFields` with these fields, of a sink
   * that does not only look. It changes nothing, and needs no right but to read. It throws the error that a start would end
   * with. Called only on a sink that was created with `copyMayBeMissing`. Without it, `dbsync plan` reports that the sink cannot tell.
   */
  planChanges?(fields: readonly Field[], options: CallOptions): Promise<PlannedChanges>;

  /**
   * Takes the stream if its lease has expired by the target's clock, or is held by exactly `takeOverFrom`. Each granted
   * claim has a new holder and a higher epoch, so that every write under an older one fails.
   *
   * The fence. The target counts claims, renewals and writes of a stream (`beats`), in the same commit. The sink keeps
   * the count at the grant, and adds one for each renewal and write under the claim that has certainly committed. A
   * call that changes something under the claim (`renew`, `write`, and `keepNotes`, `mark`, `remove` and `removeOrphans` of {@link Mirroring})
   * throws `fenced` where stream, epoch and holder are not the claim's, or where the target counts fewer: then it was
   * restored from a copy. Calls overlap, so more is no fault, and unknown outcomes add nothing. Calls that only read
   * under the claim (`readVersions`, `takeRequests`, `listHeld`) may throw `fenced` as well, and need not: core commits
   * the results of their answers by a write, behind the fence.
   */
  claim(stream: Stream, plan: string, options: ClaimOptions): Promise<ClaimAnswer>;
  /** Prolongs the lease by the claim's length, behind the fence. */
  renew(claim: Claim, options: CallOptions): Promise<void>;
  /** Ends the lease at once; does nothing when the claim is not the stream's any more. Progress stays. */
  release(claim: Claim, options: CallOptions): Promise<void>;

  readState(stream: Stream, options: CallOptions): Promise<StreamState>;
  /**
   * Returns the known versions of these contacts; an absent id means: fetch it. Any number of ids. A contact that has a
   * dead letter of kind `contact` or `fetch` returns its md5, as refused; else the md5 that was proved under the
   * claim's plan, if any. Every write that was answered before the call counts: core tells by it whether a body is a
   * lagging one. A proof names what was written. With `compareRows` a contact is also absent where the records below it
   * are not those that its last write left there: another program deleted some, or added some.
   */
  readVersions(
    claim: Claim,
    contactIds: readonly string[],
    options: CallOptions & { readonly compareRows?: boolean },
  ): Promise<ReadonlyMap<string, ContactVersion>>;

  /**
   * Commits the whole batch behind the claim's fence, or nothing of it. Rows that would not change are not written. An
   * id that a row of another contact has stays with that contact: the newcomer's record gets one derived from it, the
   * same at each write, and the records below it follow. Streams of one target may name the same contact, or the same
   * inbound call. Either each stream has rows of its own, or the record has one stream's rows, and a stream takes it at
   * most once: after another stream took a record, a write of it by the former stream is `refused`. So rows never
   * change hands in turns. A sink that gives a record to another stream reports it by `notify`, at `warn`, with the
   * record's id. An accepted contact settles the dead letters of its `contactId` that the tree does not carry again
   * (`message` apart). After a throw whose `outcome` is `unknown` it may have committed: core claims again before it
   * repeats anything.
   */
  write(batch: Batch, claim: Claim, options: CallOptions): Promise<WriteResult>;

  /**
   * Returns dead letters in the order of their keys, only those after `after`. A body may have many megabytes: with
   * `maxBodyBytes`, a body of more bytes, as the target counts them, comes as an empty text, and never cut; 0 leaves out
   * all. A sink of an earlier release may return all bodies whole. Core asks for a longer one alone, with a `limit` of 1.
   */
  listDeadLetters(
    stream: Stream,
    options: CallOptions & { readonly after?: string; readonly limit: number; readonly maxBodyBytes?: number },
  ): Promise<readonly DeadLetter[]>;

  /**
   * Posts a request in the mailbox, without a claim, from any process; the same key replaces. With `by`, a target that
   * keeps an audit table notes the operator and the request, in the same commit.
   */
  postRequest(stream: Stream, request: StoreRequest, options: CallOptions & { readonly by?: Operator }): Promise<void>;
  /**
   * Returns the requests of the stream that are not settled yet, oldest first. Only `Batch.settled` ends one, in the
   * commit that carried it out. An account that may write the mailbox may post any number of them, so core asks for a
   * part: the oldest, at most `limit`, and fewer where they have more than `maxBytes` together, but at least one. With
   * `after`, a key, only the requests behind that one, so that requests that stay do not hide others; where the mailbox
   * has no such key, the oldest again. A sink of an earlier release may return all.
   */
  takeRequests(
    claim: Claim,
    options: CallOptions & { readonly limit?: number; readonly maxBytes?: number; readonly after?: string },
  ): Promise<readonly StoreRequest[]>;

  /** Loads a first copy without keys, and builds them at the end. Without it, a first copy is written as all later rows. */
  readonly bulk?: BulkLoading;

  /** Builds indexes for reports. Without it, reports read what the target has by itself. */
  readonly indexing?: Indexing;
  /** Fills room that came after the records. Without it, values stay in overflow until their record is written again. */
  readonly filling?: Filling;

  /** Forgets contacts. Without it, the command reports that the sink cannot. */
  readonly erasure?: Erasure;

  /** Marks and removes contacts that the campaign has no more. A sink without it marks none, and refuses `--mirror-deletions`. */
  readonly mirroring?: Mirroring;

  /** Compares stored contacts with the campaign. Without it, `dbsync verify` reports that the sink cannot. */
  readonly verifying?: Verifying;

  /**
   * Keeps heartbeats, and returns facts for `dbsync status`. Without it, that command reports that the sink cannot. A sink
   * that was made for an earlier release has none, and works as before.
   */
  readonly reporting?: Reporting;

  /** Finds stored records for operators. Without it, `dbsync explain` takes ids of contacts alone. */
  readonly explaining?: Explaining;

  /** Makes views for reports. Without it, `dbsync views` reports that the sink cannot. */
  readonly viewing?: Viewing;

  /** Adds up calls for a report. Without it, `dbsync report` reports that the sink cannot. */
  readonly summarising?: Summarising;

  /** Returns the stored contacts whole, in the order of their ids. */
  readContacts?(
    stream: Stream,
    options: CallOptions & { readonly after?: string; readonly limit: number },
  ): Promise<readonly ContactTree[]>;
}

/** The connections of a sink to a server that allows a number of them. */
export interface SinkConnections {
  /** The server, without secrets, such as `PostgreSQL db.example.com:5432`: the same for all sinks that connect to it. */
  readonly server: string;
  /** The most that are open at a time. */
  readonly most: number;
  /** All sinks with this key have `most` together. Absent: the sink has them alone. */
  readonly sharedAs?: string;
}

/** The limits that core keeps within when it writes. */
export interface StoreLimits {
  readonly concurrentWrites: number;
  /** The most contacts in a batch. */
  readonly batchContacts: number;
  /** The most bytes of JSON in UTF-8 in a batch, as core counts them; a single larger contact still comes alone. */
  readonly batchBytes: number;
}

/** The state of a stream, as far as the target knows it. */
export interface StreamState {
  /** The progress. Null: none, or it cannot be read. */
  readonly progress: Progress | null;
  /** True where the campaign has rows, and no progress: another program wrote them, or the progress was lost. */
  readonly hasForeignRows: boolean;
  /**
   * True where rows or values that the stream committed are lost as a whole: a part of the target was made again, or
   * was emptied. True until the stream commits its next progress. Core then makes a listing of all contacts and calls
   * due at once. Absent: false.
   */
  readonly hasLostRows?: boolean;
  /**
   * The present holder of the stream. Null: its lease has expired, or it was never held. Absent: the sink cannot tell.
   */
  readonly heldBy?: LeaseHolder | null;
  /** True while a first copy is loaded without keys ({@link BulkLoading}), or its keys are built. Absent: false. */
  readonly isLoading?: boolean;
}

/** The newest known md5 of a contact: proved by its rows, or refused with it (a dead letter). */
export interface ContactVersion {
  readonly md5: string;
  readonly refused: boolean;
  /** The contact is kept out ({@link Erasure}): core never asks for it, and nothing else here counts. Absent: false. */
  readonly forgotten?: boolean;
}
