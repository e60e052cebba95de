import type { ContactAtVersion, DropGoneRequest, Mirroring } from '../contract/index.js';
import { counted } from '../observe/counted.js';
import { isLastingRefusal } from './lasting-refusal.js';
import { inLanes, remove, stillMissing } from './mirror-deletions.js';
import { heldPages } from './missed-notes.js';
import type { Session, SessionFrame } from './session.js';

/**
 * Carries out a request of `dbsync verify --drop-gone`: asks the API three times for each contact, removes those that it
 * has no body of, and then the rows of all of them that hang below no contact. A contact that has a body is written.
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

async function dropGone(session: Session, mirroring: Mirroring, { contactIds, present }: DropGoneRequest) {
  const { claim, deadlines, storeGate, stop } = session;
  const asked = contactIds.map((contactId) => ({ contactId }));
  const gone = await stillMissing(session, asked, present);
  if (gone === null) {
    const message = `${counted(asked.length, 'contact')} would have been removed, but the API also gave no body of a contact that it lists, so nothing is certain. Give the command again later.`;
    return tell(session, 'warn', 'MIRROR_DOUBTED', message);
  }
  const ids = new Set(gone.map(({ contactId }) => contactId));
  const removed = await remove(session, mirroring, await heldAmong(session, mirroring, ids));
  const rows = await inLanes(session, asked, (held) => {
    const heldIds = held.map(({ contactId }) => contactId);
    const call = () => deadlines.run('removeOrphans', stop, (o) => mirroring.removeOrphans(claim, heldIds, o));
    return storeGate.runAlone(call, stop);
  });
  const message = `Removed on request: ${counted(removed, 'contact')} that the campaign no longer has, and ${counted(rows, 'row')} without a parent.`;
  tell(session, 'info', 'CONTACTS_REMOVED', message);
}

async function heldAmong(
  session: Session,
  mirroring: Mirroring,
  ids: ReadonlySet<string>,
): Promise<readonly ContactAtVersion[]> {
  const found: ContactAtVersion[] = [];
  if (ids.size === 0) return found;
  for await (const page of heldPages(session, mirroring)) {
    found.push(...page.filter(({ contactId }) => ids.has(contactId)));
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
