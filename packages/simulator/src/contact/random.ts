/** Numbers that follow from a seed alone. */
export interface Random {
  /** A whole number of 32 bits. */
  next(): number;
  /** A whole number from 0 to `below - 1`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Returns hexadecimal digits. @param length a multiple of 8 */
  hex(length: number): string;
}

/**
 * Creates a sequence. Each seed has its own step, so that no two sequences ever meet: ids drawn from them stay
 * different.
 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const step = (scramble(state ^ 0x9e3779b9) << 1) | 1;
  const next = () => {
    state = (state + step) >>> 0;
    return scramble(state);
  };
  const int = (below: number) => Math.floor((next() / 0x1_0000_0000) * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability * 0x1_0000_0000,
    pick: (choices) => {
      const choice = choices[int(choices.length)];
      if (choice === undefined) throw new RangeError('There is nothing to pick from.');
      return choice;
    },
    hex: (length) => {
      let text = '';
      while (text.length < length) text += hexOf(next());
      return text;
    },
  };
}

/** Mixes two numbers of 32 bits into one: the seed for what belongs to both. */
export function mix(a: number, b: number): number {
  return scramble((Math.imul(a, 0x85ebca6b) ^ scramble(b + 0x632be5ab)) >>> 0);
}

/** Writes a number of 32 bits as 8 hexadecimal digits. */
export function hexOf(value: number): string {
  return (HEX[value >>> 16] as string) + (HEX[value & 0xffff] as string);
}

const HEX: readonly string[] = Array.from({ length: 0x10000 }, (_, value) => value.toString(16).padStart(4, '0'));

/** Applies the finaliser of MurmurHash3: every bit of the input changes half of the output's. */
function scramble(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
