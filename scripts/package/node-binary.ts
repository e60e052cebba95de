import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './must-run.ts';

const root = join(import.meta.dirname, '../..');
const cache = join(root, '.cache/node-binaries');

/** A platform for which a package brings its own Node.js. The names are those of the packages that carry it. */
export type NodePlatform = 'linux-x64' | 'linux-arm64' | 'win-x64';

/**
 * Copies the Node.js of a platform, and its licence, in the version of the lock file: the installed one, else the one that npm brings,
 * if its hash is that of the lock file.
 */
export function copyNode(platform: NodePlatform, to: string): void {
  const name = programOf(platform);
  mkdirSync(to, { recursive: true });
  copyFileSync(join(folderOf(platform), 'bin', name), join(to, name));
  // The package for Windows has no licence: it is that of the same version for Linux.
  copyFileSync(join(folderOf(platform === 'win-x64' ? 'linux-x64' : platform), 'LICENSE'), join(to, 'LICENSE.node'));
}

function folderOf(platform: NodePlatform): string {
  return installed(platform) ?? fetched(platform);
}

function programOf(platform: NodePlatform): string {
  return platform === 'win-x64' ? 'node.exe' : 'node';
}

function installed(platform: NodePlatform): string | null {
  const folder = join(root, 'node_modules', `node-${platform}`);
  return existsSync(join(folder, 'bin', programOf(platform))) ? folder : null;
}

function fetched(platform: NodePlatform): string {
  const name = `node-${platform}`;
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = String(optionalDependencies[name]);
  const folder = join(cache, `${name}-${version}`);
  const isThere = () => existsSync(join(folder, 'bin', programOf(platform)));
  if (isThere()) return folder;
  // Unpacked beside it: what an interrupted process leaves is never taken.
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    console.error(`Fetching ${name} ${version} ...`);
    mustRun('npm', ['pack', `${name}@${version}`, '--pack-destination', draft, '--silent'], draft);
    const file = join(draft, `${name}-${version}.tgz`);
    const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    if (integrity !== lockedIntegrity(name, version)) {
      throw new Error(`The hash of ${name} ${version} is not that of the lock file.`);
    }
    mustRun('tar', ['-xzf', file], draft);
    if (!isThere()) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(join(draft, 'package'), folder);
    }
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function lockedIntegrity(name: string, version: string): string | undefined {
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8');
  return new RegExp(`\\n {2}${name}@${version}:\\n {4}resolution: \\{integrity: (\\S+?)\\}`).exec(lock)?.[1];
}
