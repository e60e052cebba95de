import type { TextStorage } from '@dbsync/sql';

/** The texts that a character set can hold. */
export interface Charset extends Pick<TextStorage, 'lacks' | 'lengthIn'> {
  /** The most bytes of one unit of the length. */
  readonly unitBytes: number;
}

/** Matches halves of surrogate pairs. They are no characters, so no character set has them. */
export const HALVES = /\p{Surrogate}/gu;
const ABOVE_BASIC_PLANE = /[\p{Surrogate}\u{10000}-\u{10ffff}]/gu;

export const UNICODE: Readonly<Record<string, Charset>> = {
  utf8mb4: { lacks: HALVES, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf8mb3: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf8: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf8-bytes', unitBytes: 1 },
  utf16: { lacks: HALVES, lengthIn: 'utf16-units', unitBytes: 2 },
  utf16le: { lacks: HALVES, lengthIn: 'utf16-units', unitBytes: 2 },
  ucs2: { lacks: ABOVE_BASIC_PLANE, lengthIn: 'utf16-units', unitBytes: 2 },
  utf32: { lacks: HALVES, lengthIn: 'characters', unitBytes: 4 },
};

/** Any other character set, such as `latin1`: the characters that all of them have, one byte each. */
export const OTHER_CHARSET: Charset = { lacks: /[^\t\n\r -~]/gu, lengthIn: 'characters', unitBytes: 1 };
