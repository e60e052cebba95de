import { existsSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { quotedForShell } from '@dbsync/core/cli-kit';

/** Returns the command that installs the newest version of a plugin at its own place; else what to do there by hand. */
export function installRemedy(packageName: string, directory: string): string {
  const modules = directory.slice(0, directory.length - packageName.length - 1);
  const folder = dirname(modules);
  if (basename(modules) !== 'node_modules') return `Replace or remove the folder ${quotedForShell(directory)}`;
  const newest = `${packageName}@latest`;
  if (PNPM_GLOBAL.test(modules.split(sep).join('/'))) return `pnpm add -g ${newest}`;
  if (existsSync(join(folder, 'package.json'))) return `npm install --prefix ${quotedForShell(folder)} ${newest}`;
  // A global installation of npm has no package.json; on Windows it lies in no folder lib.
  const prefix = basename(folder) === 'lib' ? dirname(folder) : folder;
  return `npm install -g --prefix ${quotedForShell(prefix)} ${newest}`;
}

const PNPM_GLOBAL = /\/global\/v?\d+\//;
