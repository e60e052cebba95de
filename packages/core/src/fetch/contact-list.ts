import { fieldOf, type Json } from '../contract/index.js';
import { parseId, parseOptionalId, parseRecord } from './answers.js';
import type { CursorPages, PageOptions } from './cursor-pages.js';

/** One entry of a listing of contacts. */
export interface ListedContact {
  readonly id: string;
  /** A hash that changes with any change of the contact; null if the API gave none. */
  readonly md5: string | null;
}

/**
 * Reads the list of contacts.
 *
 * @param changedSince a day, `YYYY-MM-DD`, in an unknown time zone; null: all contacts
 */
export function contactPages(
  pages: CursorPages,
  { changedSince, ...options }: PageOptions & { readonly changedSince: string | null },
): AsyncIterable<readonly ListedContact[]> {
  const identityOf = ({ id, md5 }: ListedContact) => `${id} ${md5}`;
  const query = { changedSince };
  const parseEntry = parseListedContact;
  const listing = { path: 'contacts/list', query, what: 'contacts', parseEntry, identityOf, isHeld: true };
  return pages.read(listing, options);
}

export function parseListedContact(entry: Json): ListedContact {
  const contact = parseRecord(entry, 'An entry of the list of contacts');
  return {
    id: parseId(fieldOf(contact, 'id'), 'The id of a listed contact'),
    md5: parseOptionalId(fieldOf(contact, 'md5'), 'The md5 of a listed contact'),
  };
}
