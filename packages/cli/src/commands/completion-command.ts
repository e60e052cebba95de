import { bashCompletion } from '../completion/bash-completion.js';
import { type CompletionWords, completionWords } from '../completion/completion-words.js';
import { fishCompletion } from '../completion/fish-completion.js';
import { zshCompletion } from '../completion/zsh-completion.js';
import type { Ending } from '../exit-code.js';
import { unexpectedAction } from '../options/unexpected-action.js';
import type { Command } from './command.js';
import type { CommandContext } from './command-context.js';

const SHELLS: Readonly<Record<string, (words: CompletionWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Runs `completion bash|zsh|fish`: prints the script of that shell. */
export function completionCommand(commands: readonly Command[]): (context: CommandContext) => Promise<Ending> {
  return async ({ operands: [shell], options, schemes, output }) => {
    const script = shell !== undefined && Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (script === undefined) throw unexpectedAction('completion', shell, Object.keys(SHELLS));
    output.line(script(completionWords(commands, options, schemes, output.language.words)));
    return { kind: 'done' };
  };
}
