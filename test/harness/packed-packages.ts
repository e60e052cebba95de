import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './run-program.ts';

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

/** Packs all packages of the repository into a folder, as they are published. */
export async function packPackages(folder: string): Promise<void> {
  const args = ['-y', packageManager, '--filter', './packages/*', 'pack', '--pack-destination', folder];
  await mustRun('npx', args, { cwd: root });
}
