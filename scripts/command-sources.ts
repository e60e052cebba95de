// Reads from the sources of the command and the manifests of the sinks what a manual page and completions show.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';
import type { ManualSource } from './manual-page.ts';
import { loadSource } from './sources.ts';

const packagesFolder = join(import.meta.dirname, '../packages');

export async function commandSources(): Promise<ManualSource> {
  const { allOptionsPage } = await loadSource<typeof import('../packages/cli/src/help/all-options-page.ts')>(
    'cli',
    'help/all-options-page',
  );
  const { MODES } = await loadSource<typeof import('../packages/cli/src/help/modes.ts')>('cli', 'help/modes');
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
  const folders = readdirSync(packagesFolder).filter((name) => name.startsWith('sink-'));
  const sinks = folders.sort().map((folder) => {
    const { name: packageName, dbsync: manifest } = readManifest(folder);
    return { packageName, manifest, options: sinkCommandOptions([manifest]) };
  });
  const { version } = readManifest('cli');
  return { version, modes: MODES, commands: allCommands(), options: optionList, runPage: allOptionsPage, sinks };
}

function readManifest(name: string): {
  readonly name: string;
  readonly version: string;
  readonly dbsync: SinkManifest;
} {
  return JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8'));
}
