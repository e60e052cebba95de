/** The shortest time for which a replaced version is remembered. */
const KEEP_MS = 30 * 60_000;
const MAX_CONTACTS = 20_000;
const MAX_REPLACED = 8;
/** If two listings so far apart name the same replaced md5, they do not both come from a replica that lags. */
const CONTRADICTED_MS = 4 * 60_000;

/**
 * The md5s of contacts that were stored and then replaced under this claim. A body that comes with one of them is older
 * than the rows. Contacts are kept in two generations, so memory is limited by time and by number.
 */
export interface ReplacedVersions {
  /**
   * Records a commit of the contact with this md5.
   *
   * @param before the md5 that was stored before, if it is known
   * @param isNewer whether the body is newer than the stored one; false if that is unknown, and then nothing counts as
   * replaced
   */
  committed(contactId: string, md5: string | null, before: string | null, isNewer: boolean): void;
  /**
   * Call when a listing names this md5. If two listings in a row, four minutes apart, name the same replaced md5,
   * dbsync had taken a body of a lagging replica for the newest one. So everything known about the contact is
   * forgotten.
   */
  listed(contactId: string, md5: string | null): void;
  /** Returns whether rows with this md5 were replaced. */
  has(contactId: string, md5: string | null): boolean;
}

interface Versions {
  readonly current: string;
  /** The replaced md5s, the newest last. */
  readonly replaced: readonly string[];
  /** The replaced md5 that the last listing named, and the time since when listings have named it. */
  contradiction: { readonly md5: string; readonly sinceMs: number } | null;
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
      // A version that came back is the newest one again, so everything known about the contact before is dropped.
      if (md5 === null || current === null || known?.replaced.includes(md5)) return forget(contactId);
      const replaced = known?.replaced ?? [];
      const versions = isNewer ? [...replaced, current].slice(-MAX_REPLACED) : replaced;
      if (isNewer || known) newer.set(contactId, { current: md5, replaced: versions, contradiction: null });
    },
    listed(contactId, md5) {
      const known = find(contactId);
      if (known === undefined || md5 === null) return;
      if (!known.replaced.includes(md5)) known.contradiction = null;
      else if (known.contradiction?.md5 !== md5) known.contradiction = { md5, sinceMs: nowMs() };
      else if (nowMs() - known.contradiction.sinceMs >= CONTRADICTED_MS) forget(contactId);
    },
    has: (contactId, md5) => md5 !== null && find(contactId)?.replaced.includes(md5) === true,
  };
}
