import { chmodSync, lstatSync, lutimesSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Gives each file and folder below a folder the same time, and permissions that do not depend on the mask of this process: all users
 * may read, and run the programs.
 *
 * @param programs paths in the folder
 * @param epoch seconds since 1970
 * @returns all paths in the folder, sorted, files and links alone
 */
export function settleFiles(folder: string, programs: readonly string[], epoch: number): readonly string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files: string[] = [];
  for (const path of [...paths, '']) {
    const file = join(folder, path);
    const found = lstatSync(file);
    if (!found.isDirectory()) files.push(path);
    if (!found.isSymbolicLink()) chmodSync(file, found.isDirectory() || programs.includes(path) ? 0o755 : 0o644);
  }
  // A change of the permissions of a file leaves the time of its folder as it is, and the times come last all the same.
  for (const path of [...paths, '']) lutimesSync(join(folder, path), epoch, epoch);
  return files;
}
