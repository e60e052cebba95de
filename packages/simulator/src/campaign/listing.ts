/**
 * The order in which contacts are listed: by their last change. A contact that changes moves to the end, and all behind
 * it move up. Pages are positions in this order, not snapshots.
 */
export interface Listing {
  /** Puts a contact at the end. */
  touch(index: number, atMs: number): void;
  remove(index: number): void;
  /**
   * Returns a page. @param first the first contact of the past that is listed; those changed since are listed from
   * `sinceMs` on
   */
  page(query: ListingQuery): ListingPage;
}

export interface ListingQuery {
  readonly first: number;
  readonly sinceMs: number;
  readonly offset: number;
  readonly limit: number;
}

export interface ListingPage {
  readonly contacts: readonly number[];
  readonly hasMore: boolean;
}

/** Creates a listing. @param contacts the number of contacts of the past, numbered in the order of their last change */
export function createListing(contacts: number): Listing {
  /** Contacts of the past that have moved: their numbers, sorted. */
  const moved: number[] = [];
  /** The moved contacts and when they changed, in that order. */
  const tail = new Map<number, number>();

  const leavePlace = (index: number) => {
    if (index >= contacts) return;
    const position = lowerBound(moved, index);
    if (moved[position] !== index) moved.splice(position, 0, index);
  };

  return {
    touch: (index, atMs) => {
      leavePlace(index);
      tail.delete(index);
      tail.set(index, atMs);
    },
    remove: (index) => {
      leavePlace(index);
      tail.delete(index);
    },
    page: ({ first, sinceMs, offset, limit }) => {
      const found: number[] = [];
      const unmoved = contacts - first - (moved.length - lowerBound(moved, first));
      const position = { index: first, nextMoved: lowerBound(moved, first) };
      skipUnmoved(position, moved, Math.min(offset, unmoved));
      for (; position.index < contacts && found.length <= limit; position.index++) {
        if (moved[position.nextMoved] === position.index) position.nextMoved++;
        else found.push(position.index);
      }
      let toSkip = Math.max(0, offset - unmoved);
      for (const [index, changedMs] of tail) {
        if (found.length > limit) break;
        if (changedMs >= sinceMs && --toSkip < 0) found.push(index);
      }
      return { contacts: found.slice(0, limit), hasMore: found.length > limit };
    },
  };
}

/** Moves the position past `count` contacts that have not moved, from gap to gap. */
function skipUnmoved(position: { index: number; nextMoved: number }, moved: readonly number[], count: number): void {
  let left = count;
  for (;;) {
    const next = moved[position.nextMoved];
    if (next === undefined || next - position.index > left) break;
    left -= next - position.index;
    position.index = next + 1;
    position.nextMoved++;
  }
  position.index += left;
}

/** Returns the first index whose number is not below `value`. */
export function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
