import type { ReplayStep } from '../outbox/faces/delivery-queue.js';
import { fetchAgain } from './fetch-again.js';
import { stillMissing } from './mirror-deletions.js';
import type { Session } from './session.js';

/** Returns which of these contacts the campaign has deleted; null: that is not known yet. */
export type DeletedOf = (contactIds: readonly string[], step: ReplayStep) => ReadonlySet<string> | null;

/** The pause before contacts are asked for again where the answers proved nothing. */
const DOUBT_MS = 60_000;

/**
 * Asks the API for the contacts of a replay. It asks beside the deliveries, since the API may not answer for hours: the
 * first call for a step of a replay begins, and a later call for the same step has the answer. An answer is of no use for
 * another step: a contact may have been deleted since. What the API answers is written, as for every contact.
 */
export function createDeletedCheck(session: Session): DeletedOf {
  const { context, stop, abandon } = session;
  let group: { readonly key: string; deleted: ReadonlySet<string> | null } | null = null;

  /** One empty answer may come from a replica that is behind, so contacts that it lacks are asked for as before a removal. */
  const deletedAmong = async (contactIds: readonly string[]): Promise<ReadonlySet<string>> => {
    const { missing } = await fetchAgain(session, contactIds);
    const present = contactIds.find((id) => !missing.has(id)) ?? null;
    const asked = contactIds.filter((id) => missing.has(id)).map((contactId) => ({ contactId }));
    for (;;) {
      const gone = await stillMissing(session, asked, present);
      if (gone !== null) return new Set(gone.map(({ contactId }) => contactId));
      await context.clock.sleep(DOUBT_MS, stop);
    }
  };

  return (contactIds, { actNr, place }) => {
    const key = JSON.stringify([actNr, place, contactIds]);
    if (group?.key === key) return group.deleted;
    const asked: NonNullable<typeof group> = { key, deleted: null };
    group = asked;
    deletedAmong(contactIds)
      .then((deleted) => {
        asked.deleted = deleted;
      })
      .catch((error: unknown) => {
        if (!stop.aborted) abandon(error);
      });
    return null;
  };
}
