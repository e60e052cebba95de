/**
 * The beats of a stream after the newest commit under each claim of this process. A file with fewer beats was set back
 * to an earlier state, for example to a backup (R10).
 */
export interface SeenBeats {
  /** Notes the beats. They count once the commit under way has succeeded. */
  raise(holder: string, beats: number): void;
  ended(isCommitted: boolean): void;
  /** Returns the beats; 0 for a holder that this process does not know. */
  atLeast(holder: string): number;
}

export function createSeenBeats(): SeenBeats {
  const committed = new Map<string, number>();
  const pending = new Map<string, number>();
  return {
    raise: (holder, beats) => void pending.set(holder, beats),
    ended(isCommitted) {
      if (isCommitted) for (const [holder, beats] of pending) committed.set(holder, beats);
      pending.clear();
    },
    atLeast: (holder) => committed.get(holder) ?? 0,
  };
}
