import type { Claim } from '@dbsync/core/contract';
import { keyedHash } from '@dbsync/core/sink-kit';

/** The first loads that this sink has begun, and the contacts that it has written in them. */
export interface FirstLoads {
  begun(claim: Claim, contacts: LoadedContacts): void;
  /** Returns the contacts written so far in the load of this claim; null: it began none, or the load has ended. */
  of(claim: Claim): LoadedContacts | null;
  ended(): void;
}

/** A set of ids of contacts, some with the md5 that their rows are proved with. */
export interface LoadedContacts {
  /** The number of ids. */
  readonly size: number;
  /** True for each id that was added, and for one in about 2^40 others. */
  has(contactId: string): boolean;
  /** Returns the md5 that the id was last added with; null: with none. */
  md5Of(contactId: string): string | null;
  add(contactId: string, md5?: string): void;
}

/** Creates the memory of first loads. One claim has one at a time: an earlier one is dropped. */
export function createFirstLoads(): FirstLoads {
  let load: { readonly holder: string; readonly contacts: LoadedContacts } | null = null;
  return {
    begun({ holder }, contacts) {
      load = { holder, contacts };
    },
    of: ({ holder }) => (load?.holder === holder ? load.contacts : null),
    ended() {
      load = null;
    },
  };
}

const FIRST_SLOTS = 2 ** 12;

/**
 * Creates the set. It takes some 16 to 32 bytes an id, and twice as many more once ids come with md5s: a map of texts would
 * take the memory of a large copy.
 */
export function createLoadedContacts(): LoadedContacts {
  let slots = new Float64Array(FIRST_SLOTS);
  /** Two numbers for each slot: the halves of the md5. Empty while no id has one. */
  let md5s = new BigUint64Array(0);
  let size = 0;
  const placeOf = (table: Float64Array, hashed: number): number => {
    const mask = table.length - 1;
    let at = hashed % table.length;
    while (table[at] !== 0 && table[at] !== hashed) at = (at + 1) & mask;
    return at;
  };
  const grow = () => {
    const wider = new Float64Array(slots.length * 2);
    const widerMd5s = new BigUint64Array(md5s.length * 2);
    for (const [from, hashed] of slots.entries()) {
      if (hashed === 0) continue;
      const at = placeOf(wider, hashed);
      wider[at] = hashed;
      if (md5s.length > 0) widerMd5s.set(md5s.subarray(2 * from, 2 * from + 2), 2 * at);
    }
    [slots, md5s] = [wider, widerMd5s];
  };
  return {
    get size() {
      return size;
    },
    has: (contactId) => slots[placeOf(slots, hashOf(contactId))] !== 0,
    md5Of(contactId) {
      const at = placeOf(slots, hashOf(contactId));
      const halves = [...md5s.subarray(2 * at, 2 * at + 2)];
      return halves.every((half) => half === 0n)
        ? null
        : halves.map((half) => half.toString(16).padStart(16, '0')).join('');
    },
    add(contactId, md5 = '') {
      const hashed = hashOf(contactId);
      const at = placeOf(slots, hashed);
      const halves = MD5.test(md5) ? [md5.slice(0, 16), md5.slice(16)].map((hex) => BigInt(`0x${hex}`)) : null;
      if (halves !== null && md5s.length === 0) md5s = new BigUint64Array(2 * slots.length);
      if (md5s.length > 0) md5s.set(halves ?? [0n, 0n], 2 * at);
      if (slots[at] !== 0) return;
      slots[at] = hashed;
      size += 1;
      if (size * 2 > slots.length) grow();
    },
  };
}

/** Another text is not kept: its contact counts as added without one. */
const MD5 = /^[0-9a-f]{32}$/;

/**
 * Hashes a text to a whole number of 53 bits that is never 0, under the key of this process: the API chooses the ids, and
 * must not be able to choose such that share a place.
 */
function hashOf(text: string): number {
  return (keyedHash(`${text}\0`) & 0x1fffff) * 2 ** 32 + keyedHash(text) || 1;
}
