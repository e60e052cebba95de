/** A growing list of ids and hashes as bytes: a million strings as objects would take several times the memory. */
export interface PackedEntries {
  readonly size: number;
  at(entry: number): { readonly id: string; readonly md5: string | null };
  idAt(entry: number): string;
  /** Answers the number of the new entry. */
  push(entry: { readonly id: string; readonly md5: string | null }): number;
  replace(entry: number, by: { readonly id: string; readonly md5: string | null }): void;
}

const BLOCK_BYTES = 1 << 20;
/** Of an entry: the bytes of its id and of its md5 (two each), its encoding. */
const HEAD_BYTES = 5;
const NO_MD5 = 0xffff;
const NOT_LATIN = /[^\0-\u00ff]/;

export function createPackedEntries(): PackedEntries {
  const blocks: Buffer[] = [];
  let blockUsed = BLOCK_BYTES;
  let size = 0;
  /** Where each entry begins, over all blocks. */
  let offsets = new Uint32Array(1024);

  const placeOf = (entry: number) => {
    const offset = offsets[entry] as number;
    const block = blocks[Math.floor(offset / BLOCK_BYTES)] as Buffer;
    const start = offset % BLOCK_BYTES;
    const idEnd = start + HEAD_BYTES + block.readUInt16LE(start);
    return { block, start, idEnd, encoding: encodingOf(block[start + 4] === 1) };
  };

  const append = (id: string, md5: string | null): number => {
    const wide = NOT_LATIN.test(id) || NOT_LATIN.test(md5 ?? '');
    const idBytes = Buffer.from(id, encodingOf(wide));
    const md5Bytes = Buffer.from(md5 ?? '', encodingOf(wide));
    const length = HEAD_BYTES + idBytes.length + md5Bytes.length;
    if (blockUsed + length > BLOCK_BYTES) {
      blocks.push(Buffer.allocUnsafeSlow(BLOCK_BYTES));
      blockUsed = 0;
    }
    const block = blocks[blocks.length - 1] as Buffer;
    const start = blockUsed;
    block.writeUInt16LE(idBytes.length, start);
    block.writeUInt16LE(md5 === null ? NO_MD5 : md5Bytes.length, start + 2);
    block[start + 4] = wide ? 1 : 0;
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
      const { block, start, idEnd, encoding } = placeOf(entry);
      const md5Length = block.readUInt16LE(start + 2);
      const md5 = md5Length === NO_MD5 ? null : block.toString(encoding, idEnd, idEnd + md5Length);
      return { id: block.toString(encoding, start + HEAD_BYTES, idEnd), md5 };
    },
    idAt(entry) {
      const { block, start, idEnd, encoding } = placeOf(entry);
      return block.toString(encoding, start + HEAD_BYTES, idEnd);
    },
    push({ id, md5 }) {
      if (size === offsets.length) {
        const larger = new Uint32Array(offsets.length * 2);
        larger.set(offsets);
        offsets = larger;
      }
      offsets[size] = append(id, md5);
      return size++;
    },
    replace(entry, { id, md5 }) {
      offsets[entry] = append(id, md5);
    },
  };
}

function encodingOf(wide: boolean): 'utf16le' | 'latin1' {
  return wide ? 'utf16le' : 'latin1';
}
