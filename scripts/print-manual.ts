// node scripts/print-manual.ts: prints packages/cli/man/dbsync.1 from the built command and the sinks' manifests.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SinkManifest } from '../packages/core/src/contract/sink-plugin.ts';
import { manualPage } from './manual-page.ts';

export const manualFile = join(import.meta.dirname, '../packages/cli/man/dbsync.1');

const packagesFolder = join(import.meta.dirname, '../packages');

export async function manual(): Promise<string> {
  const { allOptionsPage } =
    await built<typeof import('../packages/cli/src/help/all-options-page.ts')>('help/all-options-page');
  const { MODES } = await built<typeof import('../packages/cli/src/help/modes.ts')>('help/modes');
  const { allCommands } = await built<typeof import('../packages/cli/src/commands/commands.ts')>('commands/commands');
  const { optionList } =
    await built<typeof import('../packages/cli/src/options/option-list.ts')>('options/option-list');
  const { sinkCommandOptions } =
    await built<typeof import('../packages/cli/src/options/sink-options.ts')>('options/sink-options');
  const folders = readdirSync(packagesFolder).filter((name) => name.startsWith('sink-'));
  const sinks = folders.sort().map((folder) => {
    const { name: packageName, dbsync: manifest } = readManifest(folder);
    return { packageName, manifest, options: sinkCommandOptions([manifest]) };
  });
  const { version } = readManifest('cli');
  return manualPage({
    version,
    modes: MODES,
    commands: allCommands(),
    options: optionList,
    runPage: allOptionsPage,
    sinks,
  });
}

/** Imports a module of the command from its built files. */
function built<Module>(path: string): Promise<Module> {
  return import(join(packagesFolder, 'cli/dist', `${path}.js`));
}

function readManifest(name: string): {
  readonly name: string;
  readonly version: string;
  readonly dbsync: SinkManifest;
} {
  return JSON.parse(readFileSync(join(packagesFolder, name, 'package.json'), 'utf8'));
}

if (import.meta.main) {
  mkdirSync(dirname(manualFile), { recursive: true });
  writeFileSync(manualFile, await manual());
  console.log(`Wrote ${manualFile}.`);
}
