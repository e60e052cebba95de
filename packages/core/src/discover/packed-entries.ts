/**
 * A growing list of ids and hashes, stored as bytes: a million strings as objects would take several times the memory.
 */
export interface PackedEntries {
  readonly size: number;
  at(entry: number): Entry;
  idAt(entry: number): string;
  /** Adds an entry and returns its number. */
  push(entry: Entry): number;
  replace(entry: number, by: Entry): void;
}

export interface Entry {
  readonly id: string;
  readonly md5: string | null;
}

/** The length by which entries are addressed: each block counts as if it had this length. */
const BLOCK_BYTES = 1 << 20;
/** Small, since most listings name few contacts. */
const FIRST_BLOCK_BYTES = 1 << 14;
/** The head of an entry: the bytes of its id and of its md5 (two each), and the {@link FORMS} of both. */
const HEAD_BYTES = 6;
const NO_MD5 = 0xffff;
/** The forms of a text in memory, the shortest first. */
const FORMS = ['hex', 'latin1', 'utf16le'] as const;

/**
 * Creates an empty list. An entry of the usual 16 characters and 32 hexadecimal digits takes 42 bytes, its offset
 * included.
 */
export function createPackedEntries(): PackedEntries {
  const blocks: Buffer[] = [];
  let blockUsed = 0;
  let blockBytes = 0;
  let size = 0;
  /** The offset at which each entry begins, over all blocks. */
  let offsets = new Uint32Array(1024);

  const placeOf = (entry: number) => {
    const offset = offsets[entry] as number;
    const block = blocks[Math.floor(offset / BLOCK_BYTES)] as Buffer;
    const start = offset % BLOCK_BYTES;
    return { block, start, idEnd: start + HEAD_BYTES + block.readUInt16LE(start) };
  };

  const readId = ({ block, start, idEnd }: ReturnType<typeof placeOf>) =>
    block.toString(FORMS[block[start + 4] as number], start + HEAD_BYTES, idEnd);

  const append = ({ id, md5 }: Entry): number => {
    const [idForm, md5Form] = [formOf(id), formOf(md5 ?? '')];
    const idBytes = Buffer.from(id, FORMS[idForm]);
    const md5Bytes = Buffer.from(md5 ?? '', FORMS[md5Form]);
    const length = HEAD_BYTES + idBytes.length + md5Bytes.length;
    if (blockUsed + length > blockBytes) {
      blockBytes = blocks.length === 0 && length <= FIRST_BLOCK_BYTES ? FIRST_BLOCK_BYTES : BLOCK_BYTES;
      blocks.push(Buffer.allocUnsafeSlow(blockBytes));
      blockUsed = 0;
    }
    const block = blocks[blocks.length - 1] as Buffer;
    const start = blockUsed;
    block.writeUInt16LE(idBytes.length, start);
    block.writeUInt16LE(md5 === null ? NO_MD5 : md5Bytes.length, start + 2);
    block[start + 4] = idForm;
    block[start + 5] = md5Form;
    idBytes.copy(block, start + HEAD_BYTES);
    md5Bytes.copy(block, start + HEAD_BYTES + idBytes.length);
    blockUsed += length;
    return (blocks.length - 1) * BLOCK_BYTES + start;
  };

  return {
    get size() {
      return size;
    },
    at(entry) {
      const packed = placeOf(entry);
      const { block, start, idEnd } = packed;
      const md5Length = block.readUInt16LE(start + 2);
      const md5 =
        md5Length === NO_MD5 ? null : block.toString(FORMS[block[start + 5] as number], idEnd, idEnd + md5Length);
      return { id: readId(packed), md5 };
    },
    idAt: (entry) => readId(placeOf(entry)),
    push(entry) {
      if (size === offsets.length) {
        const larger = new Uint32Array(offsets.length * 2);
        larger.set(offsets);
        offsets = larger;
      }
      offsets[size] = append(entry);
      return size++;
    },
    replace(entry, by) {
      offsets[entry] = append(by);
    },
  };
}

/** Returns the index of the shortest of {@link FORMS} that gives the text back unchanged. */
function formOf(text: string): number {
  if (/^(?:[0-9a-f]{2})+$/.test(text)) return 0;
  return /[^\0-\u00ff]/.test(text) ? 2 : 1;
}
