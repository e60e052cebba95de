import { execFile } from 'node:child_process';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fetchPackages, versionOf } from '../servers/debian-packages.ts';
import { madeOnce } from '../servers/made-once.ts';

const run = promisify(execFile);

/** Returns the folder of a shell's files, fetched from Debian's packages and unpacked. The machine stays as it is. */
export async function shellTree(name: 'fish' | 'zsh'): Promise<string> {
  const files = await fetchPackages({ name });
  const folder = join(tmpdir(), `dbsync-${name}-${versionOf(name, files)}-${userInfo().uid}`);
  await madeOnce(folder, async (draft) => {
    for (const file of files) await run('dpkg-deb', ['--extract', file, draft]);
  });
  return folder;
}
