/**
 * One lane for each contact (R9). The lane is held from the request for the contact's body until the outcome of its
 * commit is known, by every kind of fetch, so an older version never overtakes a newer one. A request for a busy lane
 * waits, and then fetches the contact again.
 */
export interface ContactLanes {
  /** Takes the lane. Returns false if it is held already. */
  tryHold(contactId: string): boolean;
  release(contactId: string): void;
  /**
   * Runs the work in the contact's lane, once that is free. If the work fails, the lane stays held, since it is unknown
   * what was committed.
   */
  run(contactId: string, work: () => Promise<void>, signal: AbortSignal): Promise<void>;
  /**
   * Resolves once at least one of these lanes is free. Hold no lane yourself while you wait, or both sides may wait for
   * ever.
   */
  anyFree(contactIds: readonly string[], signal: AbortSignal): Promise<void>;
}

export function createContactLanes(): ContactLanes {
  const held = new Set<string>();
  const watchers = new Map<string, Set<() => void>>();

  const lanes: ContactLanes = {
    tryHold(contactId) {
      if (held.has(contactId)) return false;
      held.add(contactId);
      return true;
    },
    release(contactId) {
      held.delete(contactId);
      for (const wake of watchers.get(contactId) ?? []) wake();
    },
    async run(contactId, work, signal) {
      while (!lanes.tryHold(contactId)) await lanes.anyFree([contactId], signal);
      await work();
      lanes.release(contactId);
    },
    anyFree(contactIds, signal) {
      signal.throwIfAborted();
      if (contactIds.some((id) => !held.has(id))) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const leave = () => {
          signal.removeEventListener('abort', abort);
          for (const id of contactIds) unwatch(watchers, id, wake);
        };
        const wake = () => {
          leave();
          resolve();
        };
        const abort = () => {
          leave();
          reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        for (const id of contactIds) watchers.set(id, (watchers.get(id) ?? new Set()).add(wake));
      });
    },
  };
  return lanes;
}

function unwatch(watchers: Map<string, Set<() => void>>, contactId: string, wake: () => void): void {
  const watching = watchers.get(contactId);
  watching?.delete(wake);
  if (watching?.size === 0) watchers.delete(contactId);
}
