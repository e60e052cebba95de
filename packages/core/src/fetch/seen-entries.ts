import { keyedHash } from '../records/keyed-hash.js';

/** Above this many entries all are forgotten: memory stays below 64 MB, and a circle is found in its next round. */
const MOST_ENTRIES = 4 << 20;
const FREE = 0;
/** Most readings bring few entries. */
const FIRST_SLOTS = 256;

/** Remembers entries of a reading by 32 bits each. So an entry may count as seen that was not, once in thousands. */
export interface SeenEntries {
  /** Returns whether the entry is new. */
  add(text: string): boolean;
}

export function createSeenEntries(mostEntries = MOST_ENTRIES): SeenEntries {
  let slots = new Uint32Array(FIRST_SLOTS);
  let size = 0;

  /** The slot that holds the number, or the free one where it belongs. */
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
      /** 0 stands for a free slot. */
      const nr = keyedHash(text) || 1;
      const slot = slotOf(nr);
      if (slots[slot] === nr) return false;
      slots[slot] = nr;
      size++;
      return true;
    },
  };
}
