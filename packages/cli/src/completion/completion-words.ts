import type { Command } from '../commands/command.js';
import { allOptionsPage } from '../help/all-options-page.js';
import type { Words } from '../languages/words.js';
import type { CommandOption } from '../options/command-option.js';

/** Everything that a shell can complete. */
export interface CompletionWords {
  /** The heading of the commands. */
  readonly heading: string;
  /** The purpose of `help`. */
  readonly ofHelp: string;
  readonly commands: readonly CompletedCommand[];
  /** The words that may follow `help`. */
  readonly pages: readonly string[];
  /** The options of a run, which has no command word. */
  readonly ofRuns: readonly CompletedOption[];
  /** All options, each once. */
  readonly all: readonly CompletedOption[];
}

export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly actions: readonly string[];
  readonly options: readonly CompletedOption[];
}

export interface CompletedOption {
  readonly name: string;
  readonly old: string | null;
  readonly help: string;
  readonly value: CompletedValue;
}

/** The value of an option: none, one of a list, a path, or a text that only the user knows. */
export type CompletedValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'one-of'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'free' };

/** @param schemes of the installed sinks */
export function completionWords(
  commands: readonly Command[],
  options: readonly CommandOption[],
  schemes: readonly string[],
  words: Words,
): CompletionWords {
  const completed = (option: CommandOption) => completedOption(option, words);
  const shown = options.filter(({ hidden }) => hidden !== true);
  return {
    heading: words('command of dbsync'),
    ofHelp: words('show a page of the help'),
    commands: commands.map(({ name, summary, actions = [], page }) => ({
      name,
      summary: words(summary),
      actions,
      options: shown.filter((option) => page.shows(option)).map(completed),
    })),
    pages: ['options', ...commands.map(({ name }) => name), ...schemes],
    ofRuns: shown.filter((option) => allOptionsPage.shows(option)).map(completed),
    all: shown.map(completed),
  };
}

function completedOption(option: CommandOption, words: Words): CompletedOption {
  const { name, old = null, help } = option;
  return { name, old, help: words(help), value: completedValue(option) };
}

/** Words that no shell changes or runs. A sink's manifest may name other values, and they are not offered. */
const PLAIN = /^[\w.:@/+-]+$/;

function completedValue({ type, values, path }: CommandOption): CompletedValue {
  if (type === 'flag') return { kind: 'none' };
  const words = values?.filter((value) => PLAIN.test(value)) ?? [];
  if (words.length > 0) return { kind: 'one-of', words };
  return { kind: path ?? 'free' };
}

/** Writes a text as one word for bash, zsh and, apart from backslashes, fish. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
