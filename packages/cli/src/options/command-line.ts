import parseWords from 'yargs-parser';
import { CliError } from '../cli-error.js';
import { type CommandOption, type OptionValues, spelledOut } from './command-option.js';
import { nearestName } from './nearest-name.js';
import { normaliseArgv } from './normalise-argv.js';

/** The contents of the command line: operands and values. */
export interface CommandLine {
  /** Words that belong to no option, such as `dead-letters list`. */
  readonly operands: readonly string[];
  readonly values: OptionValues;
  /** Unknown long options, as written. */
  readonly unknown: readonly string[];
  /** Long names of options whose value was left out. */
  readonly withoutValue: readonly string[];
}

export function readCommandLine(argv: readonly string[], options: readonly CommandOption[]): CommandLine {
  const { words, unknown, withoutValue } = normaliseArgv(argv, options);
  const parsed = parseWords(words.map(quoted), {
    string: options.map(({ name }) => name),
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'short-option-groups': false,
    },
  });
  const values = new Map(
    options.flatMap(({ name, repeatable }) => {
      if (parsed[name] === undefined) return [];
      return [[name, repeatable ? repeatedValue(name, words) : String(parsed[name])] as const];
    }),
  );
  return { operands: parsed._.map(String), values, unknown, withoutValue };
}

function repeatedValue(name: string, words: readonly string[]): string {
  const start = `--${name}=`;
  return words.flatMap((word) => (word.startsWith(start) ? [word.slice(start.length)] : [])).join('\n');
}

/** Quotes a value. yargs-parser takes one pair of quotes off: this one, and none that belongs to a password. */
function quoted(word: string): string {
  return word.replace(/^(--[^=]+=)(.*)$/s, '$1"$2"');
}

/** Throws for the first thing that is wrong with the words themselves. Values are checked later. */
export function refuseUnreadable({ unknown, withoutValue }: CommandLine, options: readonly CommandOption[]): void {
  for (const name of unknown) {
    const nearest = nearestName(name, spellings(options));
    const meant = nearest === null ? '' : ` Did you mean --${nearest}?`;
    throw new CliError('CLI_OPTION_UNKNOWN', `There is no option ${shown(name, nearest)}.${meant}`);
  }
  for (const name of withoutValue) {
    throw new CliError('CLI_OPTION_VALUE', `The value of ${spelledOut(name, options)} is missing.`);
  }
}

/** Shortens long words that resemble no option: `--ctTOKEN` would show the token. */
function shown(name: string, nearest: string | null): string {
  return nearest === null && name.length > 12 ? `--${name.slice(0, 3)}...` : `--${name}`;
}

function* spellings(options: readonly CommandOption[]): Generator<string> {
  for (const { name, old } of options) {
    yield name;
    if (old !== undefined) yield old;
  }
}
