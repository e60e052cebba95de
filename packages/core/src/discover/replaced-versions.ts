/** How long a replaced version is remembered at least. */
const KEEP_MS = 30 * 60_000;
const MAX_CONTACTS = 20_000;
const MAX_REPLACED = 8;

/**
 * The md5s of contacts that were stored and then replaced under this claim. A body that comes with one of them is older
 * than the rows. Contacts are kept in two generations, so memory is bounded by time and by number.
 */
export interface ReplacedVersions {
  /**
   * Records a commit of the contact with this md5.
   * @param before the md5 that was stored before, if it is known
   * @param isNewer whether the body is newer than what was stored; if that cannot be told, nothing counts as replaced
   */
  committed(contactId: string, md5: string | null, before: string | null, isNewer: boolean): void;
  /** Whether rows with this md5 were replaced. */
  has(contactId: string, md5: string | null): boolean;
}

interface Versions {
  readonly current: string;
  /** The newest last. */
  readonly replaced: readonly string[];
}

/** @param nowMs monotonic */
export function createReplacedVersions(nowMs: () => number): ReplacedVersions {
  let newer = new Map<string, Versions>();
  let older = new Map<string, Versions>();
  let sinceMs = nowMs();

  const find = (contactId: string) => newer.get(contactId) ?? older.get(contactId);
  const forget = (contactId: string) => {
    newer.delete(contactId);
    older.delete(contactId);
  };
  const startGeneration = () => {
    if (newer.size < MAX_CONTACTS && nowMs() - sinceMs < KEEP_MS) return;
    older = newer;
    newer = new Map();
    sinceMs = nowMs();
  };

  return {
    committed(contactId, md5, before, isNewer) {
      startGeneration();
      const known = find(contactId);
      const current = known?.current ?? before;
      if (current === md5) return;
      // A version that came back is the newest one again, so nothing that was learned before counts.
      if (md5 === null || current === null || known?.replaced.includes(md5)) return forget(contactId);
      const replaced = known?.replaced ?? [];
      if (isNewer) newer.set(contactId, { current: md5, replaced: [...replaced, current].slice(-MAX_REPLACED) });
      else if (known) newer.set(contactId, { current: md5, replaced });
    },
    has: (contactId, md5) => md5 !== null && find(contactId)?.replaced.includes(md5) === true,
  };
}
