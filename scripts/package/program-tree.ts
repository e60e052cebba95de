import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { completions } from '../make-completions.ts';
import { manualFile } from '../print-manual.ts';
import { units } from '../print-units.ts';
import { copyNode, type NodePlatform } from './node-binary.ts';
import { copyProgram } from './program-files.ts';

const root = join(import.meta.dirname, '../..');

/** Starts dbsync under the Node.js beside it, wherever the folder lies and by whatever link it is called. */
const STARTER = `#!/bin/sh
here=$(dirname -- "$(readlink -f -- "$0")")
exec "$here/../lib/dbsync/node" "$here/../lib/dbsync/node_modules/@dbsync/cli/bin/dbsync.js" "$@"
`;

const WINDOWS_STARTER = [
  '@echo off',
  '"%~dp0lib\\dbsync\\node.exe" "%~dp0lib\\dbsync\\node_modules\\@dbsync\\cli\\bin\\dbsync.js" %*',
  '',
].join('\r\n');

/** Brings the parts of a tree into its folder. Tests give others, which cost no download. */
export interface Bringer {
  node(platform: NodePlatform, to: string): void;
  program(to: string): void;
}

const ofRepository: Bringer = { node: copyNode, program: copyProgram };

/**
 * Writes the tree of a Unix: `bin/dbsync`, `lib/dbsync` with Node.js and all sinks, and what belongs below `share`.
 *
 * @returns the programs of the tree, as paths in it
 */
export async function writeUnixTree(
  platform: NodePlatform,
  folder: string,
  bring: Bringer = ofRepository,
): Promise<readonly string[]> {
  bring.node(platform, join(folder, 'lib/dbsync'));
  bring.program(join(folder, 'lib/dbsync'));
  write(join(folder, 'bin/dbsync'), STARTER);
  const shells = await completions();
  write(join(folder, 'share/bash-completion/completions/dbsync'), shells['dbsync.bash'] ?? '');
  write(join(folder, 'share/zsh/vendor-completions/_dbsync'), shells._dbsync ?? '');
  write(join(folder, 'share/fish/vendor_completions.d/dbsync.fish'), shells['dbsync.fish'] ?? '');
  return ['bin/dbsync', 'lib/dbsync/node', 'lib/dbsync/node_modules/@dbsync/cli/bin/dbsync.js'];
}

/** Writes what a tarball has beside the tree of Debian: the name of the old client, the manual page, the unit, the licence. */
export function writeTarballExtras(folder: string): void {
  symlinkSync('dbsync', join(folder, 'bin/dbsync2'));
  copy(manualFile, join(folder, 'share/man/man1/dbsync.1'));
  for (const [name, text] of Object.entries(units(['/usr/local/bin/dbsync']))) {
    write(join(folder, 'lib/systemd/system', name), text);
  }
  writeDocuments(folder);
}

/** Writes the tree of Windows: `dbsync.cmd`, and Node.js with all sinks beside it. */
export function writeWindowsTree(folder: string, bring: Bringer = ofRepository): void {
  bring.node('win-x64', join(folder, 'lib/dbsync'));
  bring.program(join(folder, 'lib/dbsync'));
  write(join(folder, 'dbsync.cmd'), WINDOWS_STARTER);
  write(join(folder, 'dbsync2.cmd'), WINDOWS_STARTER);
  writeDocuments(folder);
}

function writeDocuments(folder: string): void {
  copy(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  copy(join(root, 'docs/licences.md'), join(folder, 'licences.md'));
}

/** Writes a file packed by gzip, always with the same bytes. */
export function writeZipped(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gzipSync(text, { level: 9 }));
}

export function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}
