import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskFolder } from '../temporary-folders.ts';
import { type DebianPackage, fetchPackages, versionOf } from './debian-packages.ts';
import { madeOnce } from './made-once.ts';

/**
 * Fetches a package of programs and all that it needs, and returns the folder that they are unpacked in, made once. Needs apt-get and
 * dpkg-deb, but not root.
 */
export async function debianTree(wanted: DebianPackage): Promise<string> {
  const files = await fetchPackages(wanted);
  const tree = join(diskFolder(), `dbsync-${wanted.name}-${versionOf(wanted.name, files)}-${userInfo().uid}`);
  await madeOnce(tree, async (draft) => {
    for (const file of files) await promisify(execFile)('dpkg-deb', ['--extract', file, draft]);
  });
  return tree;
}
