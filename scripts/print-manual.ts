// node scripts/print-manual.ts: prints packages/cli/man/dbsync.1 from the sources of the command and the sinks' manifests.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { commandSources } from './command-sources.ts';
import { manualPage } from './manual-page.ts';

export const manualFile = join(import.meta.dirname, '../packages/cli/man/dbsync.1');

export async function manual(): Promise<string> {
  return manualPage(await commandSources());
}

if (import.meta.main) {
  mkdirSync(dirname(manualFile), { recursive: true });
  writeFileSync(manualFile, await manual());
  console.log(`Wrote ${manualFile}.`);
}
