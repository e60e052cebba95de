import type { Command } from '../commands/commands.js';
import { allOptionsPage } from '../help/all-options-page.js';
import type { CommandOption } from '../options/command-option.js';

/** Everything that a shell can complete. */
export interface CompletionWords {
  readonly commands: readonly CompletedCommand[];
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

export function completionWords(commands: readonly Command[], options: readonly CommandOption[]): CompletionWords {
  const shown = options.filter(({ hidden }) => hidden !== true);
  return {
    commands: commands.map(({ name, summary, actions = [], page }) => ({
      name,
      summary,
      actions,
      options: shown.filter((option) => page.shows(option)).map(completedOption),
    })),
    ofRuns: shown.filter((option) => allOptionsPage.shows(option)).map(completedOption),
    all: shown.map(completedOption),
  };
}

function completedOption(option: CommandOption): CompletedOption {
  const { name, old = null, help } = option;
  return { name, old, help, value: completedValue(option) };
}

function completedValue({ type, values, path }: CommandOption): CompletedValue {
  if (type === 'flag') return { kind: 'none' };
  if (values !== undefined) return { kind: 'one-of', words: values };
  return { kind: path ?? 'free' };
}

/** Writes a text as one word for bash, zsh and, apart from backslashes, fish. */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
