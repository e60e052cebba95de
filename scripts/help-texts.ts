// Finds the English texts of the help, by writing all pages of it: those of the command, and those of each sink.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';
import { loadSource } from './sources.ts';

type Words = import('../packages/cli/src/languages/words.ts').Words;

export const packagesFolder = join(import.meta.dirname, '../packages');

/** Returns the texts of the help by the folder of the package whose catalogues hold them, in the order of the pages. */
export async function helpTexts(): Promise<ReadonlyMap<string, readonly string[]>> {
  const ofCommand = await textsOfCommand();
  const sinks = readdirSync(packagesFolder).filter((name) => name.startsWith('sink-'));
  const ofSinks = await Promise.all(
    sinks.sort().map(async (folder) => {
      const texts = await textsOfPages([manifestOf(folder)]);
      return [folder, texts.filter((text) => !ofCommand.includes(text))] as const;
    }),
  );
  return new Map([['cli', ofCommand], ...ofSinks]);
}

/** Returns the texts of the command: it has one page for targets of any kind, so sinks without options show all of it. */
async function textsOfCommand(): Promise<readonly string[]> {
  const sink = { sinkApi: 1, entry: './index.js', options: {} };
  const groups = await textsOfPages([
    { ...sink, schemes: ['one'], ownsQuery: true },
    { ...sink, schemes: ['two', 'three'], options: { any: { type: 'string', help: OF_A_SINK } } },
  ]);
  return [...new Set([...groups, ...(await textsOfPages([]))])].filter((text) => text !== OF_A_SINK);
}

const OF_A_SINK = 'An option of a sink';

/** Collects what all pages of the help and the completions say, with these sinks installed. */
async function textsOfPages(manifests: readonly SinkManifest[]): Promise<readonly string[]> {
  const { renderHelp } = await loadSource<typeof import('../packages/cli/src/help/render-help.ts')>(
    'cli',
    'help/render-help',
  );
  const { allCommands } = await loadSource<typeof import('../packages/cli/src/commands/commands.ts')>(
    'cli',
    'commands/commands',
  );
  const { optionList } = await loadSource<typeof import('../packages/cli/src/options/option-list.ts')>(
    'cli',
    'options/option-list',
  );
  const { sinkCommandOptions } = await loadSource<typeof import('../packages/cli/src/options/sink-options.ts')>(
    'cli',
    'options/sink-options',
  );
  const { completionWords } = await loadSource<typeof import('../packages/cli/src/completion/completion-words.ts')>(
    'cli',
    'completion/completion-words',
  );
  const texts = new Set<string>();
  const words: Words = (text) => {
    texts.add(text);
    return text;
  };
  const options = [...optionList, ...sinkCommandOptions(manifests)];
  const plugins = manifests.map((manifest) => ({ packageName: 'sink', version: '1.0.0', directory: '.', manifest }));
  const schemes = manifests.flatMap((manifest) => manifest.schemes);
  const unread = { operands: [], values: new Map(), environment: new Map(), unknown: [], withoutValue: [], doubts: [] };
  const commands = allCommands();
  for (const topic of [undefined, 'options', ...commands.map(({ name }) => name), ...schemes]) {
    await renderHelp(topic, { ...unread, options, plugins }, { words, columns: 80 });
  }
  completionWords(commands, options, schemes, words);
  return [...texts];
}

function manifestOf(folder: string): SinkManifest {
  return JSON.parse(readFileSync(join(packagesFolder, folder, 'package.json'), 'utf8')).dbsync;
}
