/** One entry of a listing. */
export interface ListedContact {
  readonly id: string;
  readonly md5: string | null;
}

/**
 * A listing, drained whole before any body is asked for (R2). A million entries take about 65 MB: ids and hashes lie as
 * bytes in blocks, found again through an open hash table of offsets.
 */
export interface ListedContacts {
  readonly size: number;
  /** Answers whether the id is new; for one that is known, the newer md5 counts. */
  add(contact: ListedContact): boolean;
  has(id: string): boolean;
  /** In the order they came first. */
  chunks(size: number): Generator<readonly ListedContact[], void, undefined>;
}

const BLOCK_BYTES = 1 << 20;
const EMPTY = -1;

export function createListedContacts(): ListedContacts {
  const blocks: Buffer[] = [];
  let blockUsed = BLOCK_BYTES;
  /** Where an entry begins, over all blocks: `idLength md5Length id md5`, both lengths two bytes. */
  let offsets = new Uint32Array(1024);
  let size = 0;
  let table = new Int32Array(4096).fill(EMPTY);

  const encode = (text: string) => Buffer.from(text, 'utf16le');
  const isLatin = (text: string) => !/[^\u0001-\u00ff]/.test(text);

  const readAt = (offset: number): ListedContact => {
    const block = blocks[Math.floor(offset / BLOCK_BYTES)] as Buffer;
    const at = offset % BLOCK_BYTES;
    const idLength = block.readUInt16LE(at);
    const md5Length = block.readUInt16LE(at + 2);
    const wide = block[at + 4] === 1;
    const encoding = wide ? 'utf16le' : 'latin1';
    const idEnd = at + 6 + idLength;
    const md5 = md5Length === 0 ? null : block.toString(encoding, idEnd, idEnd + md5Length);
    return { id: block.toString(encoding, at + 6, idEnd), md5 };
  };

  const append = ({ id, md5 }: ListedContact): number => {
    const wide = !isLatin(id) || !isLatin(md5 ?? '');
    const idBytes = wide ? encode(id) : Buffer.from(id, 'latin1');
    const md5Bytes = wide ? encode(md5 ?? '') : Buffer.from(md5 ?? '', 'latin1');
    const length = 6 + idBytes.length + md5Bytes.length;
    if (blockUsed + length > BLOCK_BYTES) {
      blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      blockUsed = 0;
    }
    const block = blocks[blocks.length - 1] as Buffer;
    block.writeUInt16LE(idBytes.length, blockUsed);
    block.writeUInt16LE(md5Bytes.length, blockUsed + 2);
    block[blockUsed + 4] = wide ? 1 : 0;
    idBytes.copy(block, blockUsed + 6);
    md5Bytes.copy(block, blockUsed + 6 + idBytes.length);
    const offset = (blocks.length - 1) * BLOCK_BYTES + blockUsed;
    blockUsed += length;
    return offset;
  };

  /** The slot that holds the id, or the free one where it belongs. */
  const slotOf = (id: string): number => {
    let slot = hashOf(id) & (table.length - 1);
    for (let entry = table[slot] as number; entry !== EMPTY; entry = table[slot] as number) {
      if (readAt(offsets[entry] as number).id === id) return slot;
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  };

  const grow = () => {
    if (size === offsets.length) {
      const larger = new Uint32Array(offsets.length * 2);
      larger.set(offsets);
      offsets = larger;
    }
    if (size * 2 < table.length) return;
    table = new Int32Array(table.length * 2).fill(EMPTY);
    for (let entry = 0; entry < size; entry++) table[slotOf(readAt(offsets[entry] as number).id)] = entry;
  };

  return {
    get size() {
      return size;
    },
    add(contact) {
      grow();
      const slot = slotOf(contact.id);
      const known = table[slot] as number;
      if (known !== EMPTY) {
        if (readAt(offsets[known] as number).md5 !== contact.md5) offsets[known] = append(contact);
        return false;
      }
      offsets[size] = append(contact);
      table[slot] = size++;
      return true;
    },
    has: (id) => table[slotOf(id)] !== EMPTY,
    *chunks(chunkSize) {
      for (let start = 0; start < size; start += chunkSize) {
        const end = Math.min(size, start + chunkSize);
        const chunk: ListedContact[] = [];
        for (let entry = start; entry < end; entry++) chunk.push(readAt(offsets[entry] as number));
        yield chunk;
      }
    },
  };
}

/** FNV-1a over code units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
