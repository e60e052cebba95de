import { cpSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './run-program.ts';
import { madeOnce } from './servers/made-once.ts';

const root = join(import.meta.dirname, '../..');

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly packageManager?: string;
  readonly [key: string]: unknown;
}

/** Reads a manifest. @param folder in the repository */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** The package manager of the repository, in the form of `npx`: `pnpm@1.2.3`. */
export const packageManager = `${manifestOf('.').packageManager}`;

/** Puts all packages of the repository into a folder, packed as they are published. A run of the tests packs them once. */
export async function packPackages(folder: string): Promise<void> {
  const packed = join(tmpdir(), 'packed-packages');
  await madeOnce(packed, async (draft) => {
    await mustRun(process.execPath, [join(root, 'scripts/setup.mjs'), 'pack', draft], { cwd: root });
  });
  cpSync(packed, folder, { recursive: true });
}
