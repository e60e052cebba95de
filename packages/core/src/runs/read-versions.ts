import type { ContactVersion } from '../contract/index.js';
import type { ContactRequest } from '../discover/contact-request.js';
import type { StoreSession } from './session.js';

/**
 * Reads the store's versions of these contacts, beside writes and never beside a change of columns. With `compareRows`
 * a contact is unknown where another program deleted or added rows below it.
 */
export function readVersions(
  { store, claim, deadlines, storeGate, stop }: StoreSession,
  contactIds: readonly string[],
  { compareRows = false } = {},
): Promise<ReadonlyMap<string, ContactVersion>> {
  const kind = compareRows ? 'readVersions, compared with rows' : 'readVersions';
  const read = () =>
    deadlines.run(kind, stop, (call) => store.readVersions(claim, contactIds, { ...call, compareRows }));
  return storeGate.run(read, stop);
}

/** Returns the md5 that the rows were proved with; null where none was, or where the contact was refused since. */
export function storedMd5(version: ContactVersion | undefined): string | null {
  return version === undefined || version.refused ? null : version.md5;
}

/**
 * Returns requests for contacts that no listing named, with the md5s that are stored now; none for a forgotten one
 * (R37).
 */
export async function requestsFor(
  session: StoreSession,
  contactIds: readonly string[],
  reason: ContactRequest['reason'],
): Promise<readonly ContactRequest[]> {
  if (contactIds.length === 0) return [];
  const versions = await readVersions(session, contactIds);
  const isOrdered = reason === 'changed';
  const asked = contactIds.filter((id) => !versions.get(id)?.forgotten);
  return asked.map((id) => {
    return { id, md5: null, stored: storedMd5(versions.get(id)), reason, isOrdered, attempt: 'first' };
  });
}
