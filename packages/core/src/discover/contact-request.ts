/** A contact to ask the API for, and what its body is compared with when it comes (R5). */
export interface ContactRequest {
  readonly id: string;
  /** The md5 that a listing named; null: no listing named one. */
  readonly md5: string | null;
  /** The md5 that the store had proved when the request was made; null: none, or it was not read. */
  readonly stored: string | null;
  /**
   * Why the contact is asked for. `changed`: a new line or a listing said that it changed, so a body with the stored md5
   * does not show it. `recheck`: a line said so that an earlier claim has dealt with, so a body with another md5 may be an
   * older one. `plain`: nothing can be expected of the body.
   */
  readonly reason: 'changed' | 'recheck' | 'plain';
  /** Whether a body with another md5 than the stored one is newer, as far as can be told. */
  readonly isOrdered: boolean;
  /** Which request this is for a contact whose body lags. The body that comes the last time is believed. */
  readonly attempt: 'first' | 'again' | 'last';
}

/** A request of which nothing is known but the id. */
export function plainRequest(id: string): ContactRequest {
  return { id, md5: null, stored: null, reason: 'plain', isOrdered: false, attempt: 'first' };
}

/** Whether this body does not show what the request was made for: it is still the one that was stored before. */
export function isUnshown({ reason, stored }: ContactRequest, md5: string | null): boolean {
  return reason === 'changed' && md5 !== null && md5 === stored;
}
