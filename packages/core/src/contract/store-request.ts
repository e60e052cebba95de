/**
 * A request in the mailbox: to fetch contacts again, to read inbound calls again (`refetch-calls`), to replay or drop a dead letter, to forget contacts or to let them
 * in again (`remember`), to remove contacts that the campaign has deleted (`mirror`, at most `most` contacts).
 * `unreadable`: another program wrote a row that is no request; core settles it.
 */
export type StoreRequest =
  | { readonly key: string; readonly kind: 'refetch' | 'forget' | 'remember'; readonly contactIds: readonly string[] }
  | RefetchCallsRequest
  | DropGoneRequest
  | ReplayRequest
  | { readonly key: string; readonly kind: 'mirror'; readonly most: number }
  | { readonly key: string; readonly kind: 'drop'; readonly deadLetterKey: string }
  | { readonly key: string; readonly kind: 'unreadable' };

/**
 * A request to delete what the copy holds of these contacts, which the campaign no longer has. The process that carries
 * it out asks the API for each of them before.
 */
export interface DropGoneRequest {
  readonly key: string;
  readonly kind: 'drop-gone';
  readonly contactIds: readonly string[];
  /** A contact that the campaign has. Where its body is missing too, the API is at fault, and nothing is deleted. */
  readonly present: string;
  /** True: only rows without a parent that name these contacts are removed, and no contact. Absent: both. */
  readonly orphansOnly?: true;
}

/** A request to read inbound calls again. Instants are ISO 8601 UTC. */
export interface RefetchCallsRequest {
  readonly key: string;
  readonly kind: 'refetch-calls';
  /** Null: from the first call on. */
  readonly from: string | null;
  /** Null: until now. */
  readonly until: string | null;
}

/** A request to write or send again the body of a dead letter. */
export interface ReplayRequest {
  readonly key: string;
  readonly kind: 'replay';
  readonly deadLetterKey: string;
  /** True: also where the campaign has no such contact any more. Absent: then the dead letter stays. */
  readonly evenIfDeleted?: true;
}
