import type { Batch } from '@dbsync/core/contract';
import type { Campaign } from './campaign.ts';
import type { SimulatedTarget } from './simulated-target.ts';

/** The missing parts of the copy at each moment, kept up to date commit by commit. */
export interface CopyWatch {
  /** Contacts whose newest version is not in the copy, and since when. */
  readonly pending: ReadonlyMap<string, number>;
  /**
   * Contacts that went back to an older version, and when. Contacts that the campaign has deleted are not among them:
   * the API has no body that could bring the newer version back, and a replica that lags, in bodies and listings alike,
   * cannot be told from an edit that was undone.
   */
  readonly wentBack: ReadonlyMap<string, { readonly sinceMs: number; readonly from: number; readonly to: number }>;
  /** Notes that the contact changed in the campaign. */
  changed(contactId: string): void;
  committed(batch: Batch, nowMs: number): void;
  /** Reads the store again, after a change without dbsync. */
  readAgain(nowMs: number): void;
  /** Notes that a new copy begins with the changes from this instant on. */
  beginsAgain(startMs: number, nowMs: number): void;
}

export function createCopyWatch(campaign: Campaign, target: SimulatedTarget): CopyWatch {
  const pending = new Map<string, number>();
  const wentBack = new Map<string, { sinceMs: number; from: number; to: number }>();
  const heldNr = new Map<string, number>();
  let readAgainMs = 0;
  let beginsMs = 0;

  const update = (contactId: string) => {
    const contact = campaign.contacts.get(contactId);
    if (typeof contact?.deletedMs === 'number') wentBack.delete(contactId);
    const nr = heldNr.get(contactId) ?? 0;
    // The past is not due soon, and where no `--since` goes so far back it never is.
    const next = contact?.versions.find((version) => version.nr > nr && version.atMs >= beginsMs);
    if (next === undefined || contact?.deletedMs !== null) pending.delete(contactId);
    else pending.set(contactId, Math.max(next.atMs, readAgainMs));
  };

  const readAgain = (nowMs: number) => {
    readAgainMs = nowMs;
    wentBack.clear();
    const nrOf = target.readHeldNrs();
    for (const contact of campaign.contacts.values()) {
      heldNr.set(contact.id, nrOf(contact.id) ?? 0);
      update(contact.id);
    }
  };

  return {
    pending,
    wentBack,
    changed: update,
    committed({ contacts }, nowMs) {
      for (const { contactId, values } of contacts) {
        const nr = Number(values.$version);
        const before = heldNr.get(contactId) ?? 0;
        const back = wentBack.get(contactId);
        if (nr < before && !back) wentBack.set(contactId, { sinceMs: nowMs, from: before, to: nr });
        else if (back && nr >= back.from) wentBack.delete(contactId);
        heldNr.set(contactId, nr);
        update(contactId);
      }
    },
    readAgain,
    beginsAgain(startMs, nowMs) {
      beginsMs = Math.max(0, startMs);
      readAgain(nowMs);
    },
  };
}
