import type { ContactAtVersion, DropGoneRequest, Mirroring } from '../contract/index.js';
import { counted } from '../observe/counted.js';
import { isLastingRefusal } from './lasting-refusal.js';
import { inLanes, removeHeld, stillMissing } from './mirror-deletions.js';
import { heldPages } from './missed-notes.js';
import { readVersions } from './read-versions.js';
import type { Session, SessionFrame } from './session.js';

/**
 * Carries out a request of `dbsync verify --drop-gone`: asks the API three times for each contact, removes those that it
 * has no body of, and then rows that hang below no contact. A contact that has a body is written. Rows that name a
 * contact are removed only where it is certain what the contact has: it is gone, or its rows are as their last write
 * left them (R16b). A contact whose body failed, lagged or was refused keeps all its rows.
 */
export async function answerDropGone(session: Session, request: DropGoneRequest): Promise<void> {
  const { mirroring } = session.store;
  if (mirroring === undefined) tell(session, 'warn', 'MIRROR_FAILED', 'The target cannot delete contacts.');
  else {
    try {
      await dropGone(session, mirroring, request);
    } catch (error) {
      if (!isLastingRefusal(error)) throw error;
      tell(session, 'warn', 'MIRROR_FAILED', `Deleted contacts could not be removed: ${error.message}.`);
    }
  }
  await session.writer.write({ settled: [request.key] });
}

async function dropGone(session: Session, mirroring: Mirroring, { contactIds, present, orphansOnly }: DropGoneRequest) {
  const asked = contactIds.map((contactId) => ({ contactId }));
  const gone = await stillMissing(session, asked, present);
  if (gone === null) {
    const message = `dbsync would have removed ${counted(asked.length, 'contact')}, but the API also gave no body of a contact that it lists. So dbsync cannot trust its answers, and removed none. Give the command again later.`;
    return tell(session, 'warn', 'MIRROR_DOUBTED', message);
  }
  const isGone = new Set(gone.map(({ contactId }) => contactId));
  const held = orphansOnly ? NONE : await heldAmong(session, mirroring, isGone);
  let removed = 0;
  const rows = await inLanes(session, asked, async (contacts) => {
    const absent = contacts.filter(({ contactId }) => isGone.has(contactId) && session.wanted.isMissing(contactId));
    const leaving = absent.flatMap(({ contactId }) => held.get(contactId) ?? []);
    removed += await removeHeld(session, mirroring, leaving);
    const isAbsent = new Set(absent);
    const others = contacts.filter((contact) => !isAbsent.has(contact)).map(({ contactId }) => contactId);
    const certain = [...absent.map(({ contactId }) => contactId), ...(await wholeAmong(session, others))];
    return removeOrphans(session, mirroring, certain);
  });
  const message = `Removed on request: ${counted(removed, 'contact')} that the campaign no longer has, and ${counted(rows, 'row')} without a parent.`;
  tell(session, 'info', 'CONTACTS_REMOVED', message);
}

const NONE: ReadonlyMap<string, ContactAtVersion> = new Map();

/** Returns those of the contacts whose rows are as their last write left them, and forgotten ones. */
async function wholeAmong(session: Session, contactIds: readonly string[]): Promise<readonly string[]> {
  if (contactIds.length === 0) return [];
  const versions = await readVersions(session, contactIds, { compareRows: true });
  return contactIds.filter((id) => versions.get(id)?.refused === false);
}

async function removeOrphans(
  { claim, deadlines, storeGate, stop }: Session,
  mirroring: Mirroring,
  contactIds: readonly string[],
): Promise<number> {
  if (contactIds.length === 0) return 0;
  const call = () => deadlines.run('removeOrphans', stop, (o) => mirroring.removeOrphans(claim, contactIds, o));
  return storeGate.runAlone(call, stop);
}

/** Returns those of the contacts that the stream wrote, by their ids. */
async function heldAmong(
  session: Session,
  mirroring: Mirroring,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ContactAtVersion>> {
  const found = new Map<string, ContactAtVersion>();
  if (ids.size === 0) return found;
  for await (const page of heldPages(session, mirroring)) {
    for (const contact of page) if (ids.has(contact.contactId)) found.set(contact.contactId, contact);
  }
  return found;
}

function tell(
  { observe }: SessionFrame,
  level: 'info' | 'warn',
  code: 'CONTACTS_REMOVED' | 'MIRROR_FAILED' | 'MIRROR_DOUBTED',
  message: string,
): void {
  observe({ type: 'notice', level, code, message });
}
