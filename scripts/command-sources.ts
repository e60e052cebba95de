// Reads from the sources of the command and the manifests of the sinks what a manual page and completions show.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';
import type { SinkPlugin } from '../packages/core/src/plugins/find-plugin.ts';
import type { ManualSource } from './manual-page.ts';
import { loadSource } from './sources.ts';

export const packagesFolder = join(import.meta.dirname, '../packages');

export async function commandSources(): Promise<ManualSource> {
  const { allOptionsPage } = await loadSource<typeof import('../packages/cli/src/help/all-options-page.ts')>(
    'cli',
    'help/all-options-page',
  );
  const { MODES } = await loadSource<typeof import('../packages/cli/src/help/modes.ts')>('cli', 'help/modes');
  const { allCommands, optionList, sinkCommandOptions } = await loadCommandParts();
  const sinks = Object.values(repositorySinks()).map(({ packageName, manifest }) => {
    return { packageName, manifest, options: sinkCommandOptions([manifest]) };
  });
  const { version } = readManifest('cli');
  return { version, modes: MODES, commands: allCommands(), options: optionList, runPage: allOptionsPage, sinks };
}

/** Loads what the help, the manual page and the completions are made of. */
export async function loadCommandParts() {
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
  return { allCommands, optionList, sinkCommandOptions };
}

/** Returns the sinks of this repository by their folders. */
export function repositorySinks(): Readonly<Record<string, SinkPlugin>> {
  const folders = readdirSync(packagesFolder).filter((name) => name.startsWith('sink-'));
  return Object.fromEntries(
    folders.sort().map((folder) => {
      const { name, version, dbsync } = readManifest(folder);
      return [folder, { packageName: name, version, directory: join(packagesFolder, folder), manifest: dbsync }];
    }),
  );
}

function readManifest(name: string): {
  readonly name: string;
  readonly version: string;
  readonly dbsync: SinkManifest;
} {
  return JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8'));
}
