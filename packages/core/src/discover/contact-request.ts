/** A contact to ask the API for, with the facts that its body is compared with when it comes (R5). */
export interface ContactRequest {
  readonly id: string;
  /** The md5 that a listing gave; null: no listing gave one. */
  readonly md5: string | null;
  /** The md5 that the store had proved when the request was made; null: it had proved none, or it was not read. */
  readonly stored: string | null;
  /**
   * The reason for the request. `changed`: a new line or a listing said that the contact changed, so a body with the
   * stored md5 does not show the change. `recheck`: a line that an earlier claim has dealt with said so, so a body with
   * another md5 may be an older one. `plain`: nothing is known about the body to come.
   */
  readonly reason: 'changed' | 'recheck' | 'plain';
  /** True if a body with another md5 than the stored one is newer, as far as dbsync can tell. */
  readonly isOrdered: boolean;
  /** The number of this request for a contact whose body lags. The body of the last request is believed. */
  readonly attempt: 'first' | 'again' | 'last';
}

/** Returns a request of which only the id is known. */
export function plainRequest(id: string): ContactRequest {
  return { id, md5: null, stored: null, reason: 'plain', isOrdered: false, attempt: 'first' };
}

/**
 * Returns whether this body does not show the change for which the request was made: it is still the body stored
 * before.
 */
export function isUnshown({ reason, stored }: ContactRequest, md5: string | null): boolean {
  return reason === 'changed' && md5 !== null && md5 === stored;
}
