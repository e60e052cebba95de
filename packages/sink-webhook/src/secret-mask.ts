const MASK = '***';
/** Shorter ones would mask half of every text. */
const MIN_LENGTH = 4;

/** Masks what of these secrets a receiver repeats, before anything is kept of its answer. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...new Set(secrets)]
    .filter(({ length }) => length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
