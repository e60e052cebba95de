import { createRandom, mix } from './random.js';

/** The ids of a campaign's contacts. An id holds its contact's number, so none of a million needs to be remembered. */
export interface ContactIds {
  idOf(index: number): string;
  /** Returns a contact's number; undefined where the id is none of this campaign. */
  indexOf(id: string): number | undefined;
}

/** Digits and capitals without those that look alike: 0 and O, 1 and I. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const NUMBER_LENGTH = 7;
const ID_LENGTH = 16;

export function createContactIds(seed: number): ContactIds {
  const mask = mix(seed, 1);
  const idOf = (index: number) => {
    const random = createRandom(mix(mask, index));
    let id = '';
    while (id.length < ID_LENGTH - NUMBER_LENGTH) id += ALPHABET[random.next() % ALPHABET.length];
    return id + encode(Math.imul(index ^ mask, MULTIPLIER) >>> 0);
  };
  return {
    idOf,
    indexOf: (id) => {
      const index = (Math.imul(decode(id.slice(-NUMBER_LENGTH)), INVERSE) ^ mask) >>> 0;
      return idOf(index) === id ? index : undefined;
    },
  };
}

/** An odd number, so that multiplying modulo 2^32 can be undone by its inverse: neighbours get ids far apart. */
const MULTIPLIER = 0x9e3779b1;
const INVERSE = inverseOf(MULTIPLIER);

/** Finds the inverse by Newton's iteration: each step doubles the number of right bits. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let step = 0; step < 5; step++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}

function encode(value: number): string {
  let text = '';
  for (let rest = value; text.length < NUMBER_LENGTH; rest = Math.floor(rest / ALPHABET.length)) {
    text = ALPHABET[rest % ALPHABET.length] + text;
  }
  return text;
}

function decode(text: string): number {
  let value = 0;
  for (const digit of text) value = value * ALPHABET.length + ALPHABET.indexOf(digit);
  return value;
}
