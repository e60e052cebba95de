// Writes all pages of the help, and finds the English texts in them: those of the command, and those of each sink.
import type { Words } from '../packages/cli/src/languages/words.ts';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';
import type { SinkPlugin } from '../packages/core/src/plugins/find-plugin.ts';
import { loadCommandParts, repositorySinks } from './command-sources.ts';
import { loadSource } from './sources.ts';

/** Returns the texts of the help by the folder of the package whose catalogues hold them, in the order of the pages. */
export async function helpTexts(): Promise<ReadonlyMap<string, readonly string[]>> {
  const ofCommand = await textsOfCommand();
  const ofSinks = await Promise.all(
    Object.entries(repositorySinks()).map(async ([folder, plugin]) => {
      const texts = await textsWith([plugin], plugin.manifest.schemes);
      return [folder, texts.filter((text) => !ofCommand.includes(text))] as const;
    }),
  );
  return new Map([['cli', ofCommand], ...ofSinks]);
}

/** Writes pages for a terminal of 80 columns, by their topics, the first page as the empty topic. @param topics absent: all */
export async function helpPages(
  words: Words,
  plugins: readonly SinkPlugin[] = Object.values(repositorySinks()),
  topics?: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { renderHelp } = await loadSource<typeof import('../packages/cli/src/help/render-help.ts')>(
    'cli',
    'help/render-help',
  );
  const { commands, options } = await partsOfCommand(plugins);
  const schemes = plugins.flatMap(({ manifest }) => manifest.schemes);
  const all = ['', 'options', ...commands.map(({ name }) => name), ...schemes];
  const unread = { operands: [], values: new Map(), environment: new Map(), unknown: [], withoutValue: [], doubts: [] };
  const pages = new Map<string, string>();
  for (const topic of topics ?? all) {
    const page = await renderHelp(
      topic === '' ? undefined : topic,
      { ...unread, options, plugins },
      { words, columns: 80 },
    );
    pages.set(topic, page);
  }
  return pages;
}

const OF_A_SINK = 'An option of a sink';

/** Returns the texts of the command. It has one page for targets of any kind, so these sinks stand for all. */
async function textsOfCommand(): Promise<readonly string[]> {
  const base: SinkManifest = { sinkApi: 1, entry: './index.js', schemes: ['one'], options: {}, ownsQuery: true };
  const other: SinkManifest = {
    ...base,
    schemes: ['two', 'three'],
    ownsQuery: false,
    options: { any: { type: 'string', help: OF_A_SINK } },
  };
  const sinks = [base, other].map((manifest) => ({ packageName: 'sink', version: '1.0.0', directory: '.', manifest }));
  const texts = new Set([...(await textsWith(sinks)), ...(await textsWith([]))]);
  return [...texts].filter((text) => text !== OF_A_SINK);
}

/** Collects what pages of the help and the completions say, with these sinks installed. @param topics of the pages; absent: all */
async function textsWith(plugins: readonly SinkPlugin[], topics?: readonly string[]): Promise<readonly string[]> {
  const { completionWords } = await loadSource<typeof import('../packages/cli/src/completion/completion-words.ts')>(
    'cli',
    'completion/completion-words',
  );
  const texts = new Set<string>();
  const words: Words = (text) => {
    texts.add(text);
    return text;
  };
  await helpPages(words, plugins, topics);
  const { commands, options } = await partsOfCommand(plugins);
  completionWords(commands, options, [], words);
  return [...texts];
}

async function partsOfCommand(plugins: readonly SinkPlugin[]) {
  const { allCommands, optionList, sinkCommandOptions } = await loadCommandParts();
  const ofSinks = sinkCommandOptions(plugins.map(({ manifest }) => manifest));
  return { commands: allCommands(), options: [...optionList, ...ofSinks] };
}
