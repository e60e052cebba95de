/** How long a contact that an event or listing named, but no body came for, stays wanted. */
export const WANTED_MS = 2 * 3_600_000;
const RETRY_MS = 60_000;

/** Ids that were missing from an answer (R5): asked for again for two hours, then gone if a full listing lacks them too. */
export interface MissingContacts {
  add(contactId: string): void;
  found(contactId: string): void;
  has(contactId: string): boolean;
  /** Those to ask for now; each at most once a minute. */
  takeDue(): readonly string[];
  /** Those that are wanted no longer and that a full listing lacks as well; they are forgotten. */
  takeGone(isListed: (contactId: string) => boolean): readonly string[];
}

/** @param nowMs monotonic */
export function createMissingContacts(nowMs: () => number): MissingContacts {
  const missing = new Map<string, { readonly sinceMs: number; askedMs: number }>();
  const isWanted = (sinceMs: number) => nowMs() - sinceMs <= WANTED_MS;
  return {
    add(contactId) {
      if (!missing.has(contactId)) missing.set(contactId, { sinceMs: nowMs(), askedMs: nowMs() });
    },
    found: (contactId) => void missing.delete(contactId),
    has: (contactId) => missing.has(contactId),
    takeDue() {
      const due: string[] = [];
      for (const [contactId, entry] of missing) {
        if (!isWanted(entry.sinceMs) || nowMs() - entry.askedMs < RETRY_MS) continue;
        entry.askedMs = nowMs();
        due.push(contactId);
      }
      return due;
    },
    takeGone(isListed) {
      const gone = [...missing].filter(([id, { sinceMs }]) => !isWanted(sinceMs) && !isListed(id)).map(([id]) => id);
      for (const contactId of gone) missing.delete(contactId);
      return gone;
    },
  };
}
