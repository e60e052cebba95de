/** Joins words to a command line from which a program of Windows reads the same words again, as the C library splits it. */
export function windowsWords(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}

/** A backslash counts as one, unless backslashes stand before a quote: then each needs another one. */
function quoted(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word;
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
