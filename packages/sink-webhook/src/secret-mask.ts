const MASK = '***';
/** Shorter secrets are not masked: that would mask half of every text. */
const MIN_LENGTH = 4;

/** Masks these secrets in a receiver's answer, before any of it is kept. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...new Set(secrets)]
    .filter(({ length }) => length >= MIN_LENGTH)
    .sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
