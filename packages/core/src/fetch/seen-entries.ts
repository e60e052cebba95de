import { keyedHash } from '../records/keyed-hash.js';

/**
 * Above this number all entries are forgotten: memory stays below 64 MB, and a circle of cursors is found in its next
 * round.
 */
const MOST_ENTRIES = 4 << 20;
const FREE = 0;
/** The first size is small, since most readings bring few entries. */
const FIRST_SLOTS = 256;

/** Remembers each entry of a reading by 32 bits. So about one new entry in thousands counts as seen by mistake. */
export interface SeenEntries {
  /** Adds the entry. Returns whether it is new. */
  add(text: string): boolean;
}

export function createSeenEntries(mostEntries = MOST_ENTRIES): SeenEntries {
  let slots = new Uint32Array(FIRST_SLOTS);
  let size = 0;

  /** Returns the slot that holds the number, or the free slot for it. */
  const slotOf = (nr: number): number => {
    let slot = nr & (slots.length - 1);
    while (slots[slot] !== FREE && slots[slot] !== nr) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };

  const grow = () => {
    const old = size < mostEntries ? slots : new Uint32Array(0);
    slots = new Uint32Array(size < mostEntries ? slots.length * 2 : FIRST_SLOTS);
    if (old.length === 0) size = 0;
    for (const nr of old) if (nr !== FREE) slots[slotOf(nr)] = nr;
  };

  return {
    add(text) {
      if (size * 2 >= slots.length) grow();
      /** 0 marks a free slot, so it becomes 1. */
      const nr = keyedHash(text) || 1;
      const slot = slotOf(nr);
      if (slots[slot] === nr) return false;
      slots[slot] = nr;
      size++;
      return true;
    },
  };
}
