import type { Claim } from '@dbsync/core/contract';
import { keyedHash } from '@dbsync/core/sink-kit';

/** The first loads that this sink has begun, and the contacts that it has written in them. */
export interface FirstLoads {
  begun(claim: Claim): void;
  /** Returns the contacts written so far in the load of this claim; null: it began none, or the load has ended. */
  of(claim: Claim): LoadedContacts | null;
  ended(): void;
}

/** A set of ids of contacts. */
export interface LoadedContacts {
  /** True for each id that was added, and for one in about 2^40 others. */
  has(contactId: string): boolean;
  add(contactId: string): void;
}

/** Creates the memory of first loads. One claim has one at a time: an earlier one is dropped. */
export function createFirstLoads(): FirstLoads {
  let load: { readonly holder: string; readonly contacts: LoadedContacts } | null = null;
  return {
    begun({ holder }) {
      load = { holder, contacts: createLoadedContacts() };
    },
    of: ({ holder }) => (load?.holder === holder ? load.contacts : null),
    ended() {
      load = null;
    },
  };
}

const FIRST_SLOTS = 2 ** 12;

/** Creates the set. It takes some 16 to 32 bytes an id: a set of texts would take the memory of a large copy. */
export function createLoadedContacts(): LoadedContacts {
  let slots = new Float64Array(FIRST_SLOTS);
  let size = 0;
  const placeOf = (table: Float64Array, hashed: number): number => {
    const mask = table.length - 1;
    let at = hashed % table.length;
    while (table[at] !== 0 && table[at] !== hashed) at = (at + 1) & mask;
    return at;
  };
  const grow = () => {
    const wider = new Float64Array(slots.length * 2);
    for (const hashed of slots) if (hashed !== 0) wider[placeOf(wider, hashed)] = hashed;
    slots = wider;
  };
  return {
    has: (contactId) => slots[placeOf(slots, hashOf(contactId))] !== 0,
    add(contactId) {
      const hashed = hashOf(contactId);
      const at = placeOf(slots, hashed);
      if (slots[at] !== 0) return;
      slots[at] = hashed;
      size += 1;
      if (size * 2 > slots.length) grow();
    },
  };
}

/**
 * Hashes a text to a whole number of 53 bits that is never 0, under the key of this process: the API chooses the ids, and
 * must not be able to choose such that share a place.
 */
function hashOf(text: string): number {
  return (keyedHash(`${text}\0`) & 0x1fffff) * 2 ** 32 + keyedHash(text) || 1;
}
