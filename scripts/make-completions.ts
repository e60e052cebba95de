// Makes packages/cli/completions before the command is packed: the completions of each shell, with the options of all sinks of this
// repository. Several may be made at a time, so each file appears whole.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompletionWords } from '../packages/cli/src/completion/completion-words.ts';
import { commandSources } from './command-sources.ts';
import { loadSource } from './sources.ts';

/** Returns the completions by the file names that the shells look for. */
export async function completions(): Promise<Readonly<Record<string, string>>> {
  const { completionWords } = await loadSource<typeof import('../packages/cli/src/completion/completion-words.ts')>(
    'cli',
    'completion/completion-words',
  );
  const { commands, options, sinks } = await commandSources();
  const schemes = sinks.flatMap(({ manifest }) => manifest.schemes);
  const { englishWords } = await loadSource<typeof import('../packages/cli/src/languages/words.ts')>(
    'cli',
    'languages/words',
  );
  const all = [...options, ...sinks.flatMap((sink) => sink.options)];
  const words = completionWords(commands, all, schemes, englishWords);
  const { bashCompletion } = await loadSource<typeof import('../packages/cli/src/completion/bash-completion.ts')>(
    'cli',
    'completion/bash-completion',
  );
  const { zshCompletion } = await loadSource<typeof import('../packages/cli/src/completion/zsh-completion.ts')>(
    'cli',
    'completion/zsh-completion',
  );
  const { fishCompletion } = await loadSource<typeof import('../packages/cli/src/completion/fish-completion.ts')>(
    'cli',
    'completion/fish-completion',
  );
  const scripts: Readonly<Record<string, (words: CompletionWords) => string>> = {
    'dbsync.bash': bashCompletion,
    _dbsync: zshCompletion,
    'dbsync.fish': fishCompletion,
  };
  return Object.fromEntries(Object.entries(scripts).map(([name, write]) => [name, `${write(words)}\n`]));
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, '../packages/cli/completions');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(await completions())) {
    const part = join(folder, `${name}.${process.pid}`);
    writeFileSync(part, text);
    renameSync(part, join(folder, name));
  }
}
