import { keyedHash } from '../records/keyed-hash.js';
import { createPackedEntries } from './packed-entries.js';

/** One entry of a listing. */
export interface ListedContact {
  readonly id: string;
  readonly md5: string | null;
}

/** A listing that is read whole before any body is requested (R2). A million entries take about 50 MB. */
export interface ListedContacts {
  readonly size: number;
  /** Adds an entry and returns whether its id is new. If the id is known, its newer md5 replaces the older one. */
  add(contact: ListedContact): boolean;
  has(id: string): boolean;
  /** Yields the entries in the order in which their ids first came. */
  chunks(size: number): Generator<readonly ListedContact[], void, undefined>;
}

const EMPTY = -1;
/** Small, since most listings name few contacts. */
const FIRST_SLOTS = 256;

/**
 * Creates an empty listing. Entries are stored packed, and an open hash table of their numbers finds them by id,
 * exactly.
 */
export function createListedContacts(): ListedContacts {
  const entries = createPackedEntries();
  let table = new Int32Array(FIRST_SLOTS).fill(EMPTY);

  /** Returns the slot that holds the id, or the free slot for it. */
  const slotOf = (id: string): number => {
    let slot = keyedHash(id) & (table.length - 1);
    for (let entry = table[slot] as number; entry !== EMPTY; entry = table[slot] as number) {
      if (entries.idAt(entry) === id) return slot;
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  };

  const growTable = () => {
    if (entries.size * 2 < table.length) return;
    table = new Int32Array(table.length * 2).fill(EMPTY);
    for (let entry = 0; entry < entries.size; entry++) table[slotOf(entries.idAt(entry))] = entry;
  };

  return {
    get size() {
      return entries.size;
    },
    add(contact) {
      growTable();
      const slot = slotOf(contact.id);
      const known = table[slot] as number;
      if (known !== EMPTY) {
        if (entries.at(known).md5 !== contact.md5) entries.replace(known, contact);
        return false;
      }
      table[slot] = entries.push(contact);
      return true;
    },
    has: (id) => table[slotOf(id)] !== EMPTY,
    *chunks(chunkSize) {
      for (let start = 0; start < entries.size; start += chunkSize) {
        const length = Math.min(chunkSize, entries.size - start);
        yield Array.from({ length }, (_, index) => entries.at(start + index));
      }
    },
  };
}
