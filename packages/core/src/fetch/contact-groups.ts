import type { ContactGroup, FetchedContact } from './contact-fetcher.js';
import type { IdSource } from './id-source.js';
import type { RequestSize } from './request-size.js';
import type { RequestKind } from './request-window.js';
import type { Suspects } from './suspects.js';

/** The groups of contacts for which one call has not asked yet. */
export interface ContactGroups {
  /** Adds the parts of a failed group. */
  add(parts: readonly ContactGroup[]): void;
  /** Takes a group that may start now; null if no group may start. */
  next(): ContactGroup | null;
  /** True if nothing is left, here or in the source. */
  readonly isEmpty: boolean;
}

export interface ContactGroupsOptions {
  readonly source: IdSource;
  readonly size: RequestSize;
  readonly suspects: Suspects;
  /** Asks for each contact alone, also for contacts that failed lately. */
  readonly insist: boolean;
  readonly mayStart: (kind: RequestKind, ids: number) => boolean;
  /** Called with contacts that are not asked for, because they failed too recently. */
  readonly onFailed: (contacts: readonly FetchedContact[]) => void;
}

/**
 * Creates the groups. The two kinds wait separately, and each kind has its own places, so contacts that may hang do not
 * delay other contacts (R6). Contacts that failed lately are asked for alone.
 */
export function createContactGroups(options: ContactGroupsOptions): ContactGroups {
  const { source, size, suspects, insist, mayStart, onFailed } = options;
  const waiting: Record<RequestKind, ContactGroup[]> = { ordinary: [], careful: [] };

  const takeWaiting = (kind: RequestKind): ContactGroup | null => {
    const next = waiting[kind].at(-1);
    return next && mayStart(kind, next.ids.length) ? (waiting[kind].pop() ?? null) : null;
  };

  const takeFromSource = (): ContactGroup | null => {
    for (;;) {
      const taken = source.take(insist ? 1 : size.ids);
      if (taken.length === 0) return null;
      if (insist) return { ids: taken, careful: true };
      const ids = taken.filter((id) => !suspects.has(id));
      for (const id of taken) {
        const failure = suspects.restingFailure(id);
        if (failure) onFailed([{ kind: 'failed', id, ...failure }]);
        else if (suspects.has(id)) waiting.careful.unshift({ ids: [id], careful: true });
      }
      const [only] = ids;
      if (only !== undefined && taken.length === 1 && suspects.hangMany)
        waiting.careful.unshift({ ids, careful: true });
      else if (ids.length > 0) return { ids, careful: false };
    }
  };

  return {
    add(parts) {
      for (const part of parts) waiting[kindOf(part)].push(part);
    },
    next() {
      const group = takeWaiting('careful') ?? takeWaiting('ordinary');
      if (group || waiting.ordinary.length > 0) return group;
      if (!mayStart(insist ? 'careful' : 'ordinary', insist ? 1 : size.ids)) return null;
      return takeFromSource() ?? takeWaiting('careful');
    },
    get isEmpty() {
      return waiting.ordinary.length === 0 && waiting.careful.length === 0 && source.isEmpty;
    },
  };
}

export function kindOf({ careful }: ContactGroup): RequestKind {
  return careful ? 'careful' : 'ordinary';
}
