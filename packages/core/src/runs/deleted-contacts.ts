import { fetchAgain } from './fetch-again.js';
import type { Session } from './session.js';

/** Returns which of these contacts the campaign has deleted; null: that is not known yet. */
export type DeletedOf = (contactIds: readonly string[]) => ReadonlySet<string> | null;

/**
 * Asks the API for the contacts of a replay. It asks beside the deliveries, since the API may not answer for hours: the
 * first call for a group of contacts begins, and a later call for the same group has the answer. What the API answers is
 * written, as for every contact.
 */
export function createDeletedCheck(session: Session): DeletedOf {
  const { stop, abandon } = session;
  let group: { readonly key: string; deleted: ReadonlySet<string> | null } | null = null;

  const ask = async (contactIds: readonly string[], asked: { deleted: ReadonlySet<string> | null }) => {
    const { missing } = await fetchAgain(session, contactIds);
    asked.deleted = new Set(contactIds.filter((id) => missing.has(id)));
  };

  return (contactIds) => {
    const key = JSON.stringify(contactIds);
    if (group?.key === key) return group.deleted;
    const asked = { key, deleted: null };
    group = asked;
    ask(contactIds, asked).catch((error: unknown) => {
      if (!stop.aborted) abandon(error);
    });
    return null;
  };
}
