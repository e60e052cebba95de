/** How long a contact that an event or listing named, but no body came for, stays wanted. */
export const WANTED_MS = 2 * 3_600_000;
const RETRY_MS = 60_000;

/** Ids that were missing from an answer (R5): asked for again for two hours, then gone if a full listing lacks them too. */
export interface MissingContacts {
  add(contactId: string, nowMs: number): void;
  found(contactId: string): void;
  /** Those to ask for now; at most once a minute each. */
  due(nowMs: number): readonly string[];
  /** Those that are wanted no longer and that a full listing lacks as well; they are forgotten. */
  takeGone(isListed: (contactId: string) => boolean, nowMs: number): readonly string[];
}

export function createMissingContacts(): MissingContacts {
  const missing = new Map<string, { readonly sinceMs: number; askedMs: number }>();
  return {
    add(contactId, nowMs) {
      if (!missing.has(contactId)) missing.set(contactId, { sinceMs: nowMs, askedMs: nowMs });
    },
    found: (contactId) => void missing.delete(contactId),
    due(nowMs) {
      const due: string[] = [];
      for (const [contactId, entry] of missing) {
        if (nowMs - entry.sinceMs > WANTED_MS || nowMs - entry.askedMs < RETRY_MS) continue;
        entry.askedMs = nowMs;
        due.push(contactId);
      }
      return due;
    },
    takeGone(isListed, nowMs) {
      const gone: string[] = [];
      for (const [contactId, { sinceMs }] of missing) {
        if (isListed(contactId)) continue;
        if (nowMs - sinceMs <= WANTED_MS) continue;
        missing.delete(contactId);
        gone.push(contactId);
      }
      return gone;
    },
  };
}
