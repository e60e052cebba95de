/** Splits a command line as the C library of Windows does, by the rules that Microsoft documents for `argv`. */
export function windowsArgv(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  for (const [part] of line.matchAll(/\\*"|\\+|[^\\"]/gs)) {
    if (part.endsWith('"')) {
      const slashes = part.length - 1;
      word = `${word ?? ''}${'\\'.repeat(Math.floor(slashes / 2))}${slashes % 2 === 1 ? '"' : ''}`;
      if (slashes % 2 === 0) isQuoted = !isQuoted;
    } else if (/[ \t]/.test(part) && !isQuoted) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = `${word ?? ''}${part}`;
    }
  }
  return word === null ? words : [...words, word];
}
