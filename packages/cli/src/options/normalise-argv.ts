import type { CommandOption } from './command-option.js';

/** Options of the command line in one spelling: `--long-name=value`. */
export interface NormalArgv {
  readonly words: readonly string[];
  /** Unknown names, without dashes and value. */
  readonly unknown: readonly string[];
  /** Long names of options that need a value and got none. */
  readonly withoutValue: readonly string[];
  /** The number of words that belong to no option. */
  readonly operands: number;
}

type Options = ReadonlyMap<string, CommandOption>;

/**
 * Brings every spelling of existing commands into one: old and long names, one dash or two, a value in the word or in
 * the next, blanks before the dashes, values that start with a dash. The word after an option is its value, unless it
 * is itself the spelling of an option: then the value was forgotten (`--ct $UNSET --url ...`).
 */
export function normaliseArgv(argv: readonly string[], options: readonly CommandOption[]): NormalArgv {
  const known = bySpelling(options);
  const words: string[] = [];
  const unknown: string[] = [];
  const withoutValue: string[] = [];
  let operands = 0;

  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (word === '--') continue;
    const spelled = spelledOption(word);
    if (spelled === null) {
      words.push(word);
      operands++;
      continue;
    }
    const option = known.get(spelled.name);
    if (option === undefined) {
      unknown.push(spelled.name);
    } else if (spelled.value !== null) {
      words.push(`--${option.name}=${spelled.value}`);
    } else {
      const { value, wordsTaken } = valueBehind(argv.slice(at + 1), option, known);
      if (value === null) withoutValue.push(option.name);
      else words.push(`--${option.name}=${value}`);
      at += wordsTaken;
    }
  }
  return { words, unknown, withoutValue, operands };
}

function bySpelling(options: readonly CommandOption[]): Options {
  const known = new Map<string, CommandOption>();
  for (const option of options) {
    known.set(option.name, option);
    if (option.old !== undefined) known.set(option.old, option);
  }
  return known;
}

function spelledOption(word: string): { readonly name: string; readonly value: string | null } | null {
  const [, name, rest = ''] = /^\s*--?([^\s=-][^\s=]*)(.*)$/s.exec(word) ?? [];
  if (name === undefined) return null;
  return { name, value: rest.startsWith('=') ? rest.slice(1) : rest.trim() || null };
}

interface ValueBehind {
  readonly value: string | null;
  readonly wordsTaken: number;
}

function valueBehind(rest: readonly string[], option: CommandOption, known: Options): ValueBehind {
  const next = rest[0];
  if (option.type === 'flag') {
    return next === 'true' || next === 'false' ? { value: next, wordsTaken: 1 } : { value: 'true', wordsTaken: 0 };
  }
  if (next === undefined || isKnown(next, known)) return { value: null, wordsTaken: 0 };
  const wordsTaken = option.name === 'filter-prefix' ? wordsInQuotes(rest, known) : 1;
  return { value: rest.slice(0, wordsTaken).join(' '), wordsTaken };
}

/**
 * Counts the words of a quoted value. A shell that knows no single quotes cuts `'fc_, qc_'` at the blank and passes the
 * quotes on.
 */
function wordsInQuotes(rest: readonly string[], known: Options): number {
  const quote = /^\s*(['"])/.exec(rest[0] ?? '')?.[1];
  if (quote === undefined) return 1;
  const text = rest.slice(0, rest.findIndex((word) => isKnown(word, known)) >>> 0);
  const closing = text.findIndex((word, at) => word.trimEnd().endsWith(quote) && (at > 0 || word.trim() !== quote));
  return closing < 0 ? 1 : closing + 1;
}

function isKnown(word: string, known: Options): boolean {
  const spelled = spelledOption(word);
  return spelled !== null && known.has(spelled.name);
}
