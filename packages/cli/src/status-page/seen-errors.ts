import type { RunEvent } from '@dbsync/core';

/** A code that an error, a warning or a dead letter of the run had. */
export interface SeenError {
  readonly code: string;
  /** The time since it came last. */
  readonly agoMs: number;
  /** The number of times that it came. */
  readonly count: number;
}

/** The last codes of a run. It keeps no message: drivers and receivers quote values in theirs. */
export interface SeenErrors {
  hear(event: RunEvent): void;
  /** Returns the codes, the last one first. */
  list(): readonly SeenError[];
}

const MOST_CODES = 5;
/** Matches a code. A sink may put any text there. */
const CODE = /^[A-Z][A-Z0-9_]{2,60}$/;

/** Creates the memory. @param now monotonic milliseconds */
export function createSeenErrors(now: () => number): SeenErrors {
  const seen = new Map<string, { readonly atMs: number; readonly count: number }>();
  return {
    hear(event) {
      const code = codeOf(event);
      if (code === null || !CODE.test(code)) return;
      const count = (seen.get(code)?.count ?? 0) + 1;
      seen.delete(code);
      seen.set(code, { atMs: now(), count });
      for (const oldest of seen.keys()) if (seen.size > MOST_CODES) seen.delete(oldest);
    },
    list: () => Array.from(seen, ([code, { atMs, count }]) => ({ code, agoMs: now() - atMs, count })).reverse(),
  };
}

/** Returns the code of a trouble; null: the event tells of none. */
function codeOf(event: RunEvent): string | null {
  switch (event.type) {
    case 'waiting':
      return event.level === 'debug' ? null : event.code;
    case 'notice':
      return event.level === 'warn' ? event.code : null;
    case 'behind':
    case 'dead-letter':
      return event.code;
    default:
      return null;
  }
}
