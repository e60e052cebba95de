import { createRandom } from '../contact/random.js';

/**
 * Positions between pages as clients see them: 300 opaque characters that a URL may have. The same position of the same
 * simulator is the same cursor.
 */
export interface Cursors {
  /** Makes a cursor. `base64`: with characters that a URL must escape. */
  encode(position: Readonly<Record<string, number>>, as?: 'base64url' | 'base64'): string;
  /** Reads a cursor; undefined where it is none of this simulator. */
  decode(cursor: string): Readonly<Record<string, number>> | undefined;
}

/** 225 bytes are 300 characters in base64. */
const BYTES = 225;

export function createCursors(seed: number): Cursors {
  const random = createRandom(seed);
  const mask = Buffer.from(Array.from({ length: BYTES }, () => random.int(256)));
  const scramble = (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => byte ^ (mask[index] ?? 0)));
  return {
    encode: (position, as = 'base64url') => scramble(Buffer.from(JSON.stringify(position).padEnd(BYTES))).toString(as),
    decode: (cursor) => {
      const bytes = Buffer.from(cursor, 'base64');
      if (bytes.length !== BYTES) return undefined;
      try {
        return JSON.parse(scramble(bytes).toString());
      } catch {
        return undefined;
      }
    },
  };
}
