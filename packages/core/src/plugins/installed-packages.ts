import { readdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';

/** An installed package of any kind. */
export interface PackageFolder {
  readonly packageName: string;
  readonly directory: string;
}

/**
 * Returns all packages in the `node_modules` of the folders above the command's file, the nearest first; then the
 * packages beside the command by the path it was called by, which pnpm links to its store; then those of pnpm's other
 * global installations.
 *
 * @param from the command's file, links resolved
 * @param calledAs the same file, links not resolved
 */
export async function packagesBesideCommand(
  from: string,
  calledAs: string | undefined,
): Promise<readonly PackageFolder[]> {
  const linked = calledAs === undefined ? null : nodeModulesOf(calledAs);
  const others = linked === null ? [] : await otherInstallations(dirname(linked));
  return packagesIn([...nodeModulesAbove(from), ...(linked === null ? [] : [linked]), ...others]);
}

/** Returns the packages in some folders, by name in each. A folder that does not exist has none. */
export async function packagesIn(folders: readonly string[]): Promise<readonly PackageFolder[]> {
  const found: PackageFolder[] = [];
  for (const folder of folders) {
    for (const packageName of await packageNamesIn(folder)) {
      found.push({ packageName, directory: join(folder, packageName) });
    }
  }
  return found;
}

/** Returns true for the error of a file or folder that does not exist. */
export function isNotThere(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function nodeModulesAbove(file: string): readonly string[] {
  const above: string[] = [];
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) above.push(folder);
  return above.map((folder) => join(folder, 'node_modules'));
}

/** Returns the innermost `node_modules` of a path; null if the path has none. */
function nodeModulesOf(file: string): string | null {
  const parts = file.split(sep);
  const at = parts.lastIndexOf('node_modules');
  return at < 0 ? null : parts.slice(0, at + 1).join(sep);
}

/**
 * Returns the folders of pnpm's other global installations: pnpm 11 and later give each `pnpm add -g` a folder
 * `global/v11/HASH`, a link.
 */
async function otherInstallations(installation: string): Promise<readonly string[]> {
  const [global, version] = [dirname(dirname(installation)), basename(dirname(installation))];
  if (basename(global) !== 'global' || !/^v\d+$/.test(version)) return [];
  const names = await namesIn(join(global, version), (entry) => entry.isSymbolicLink());
  return names.map((name) => join(global, version, name, 'node_modules'));
}

async function packageNamesIn(folder: string): Promise<readonly string[]> {
  const entries = await namesIn(folder);
  const scopes = entries.filter((name) => name.startsWith('@'));
  const scoped = await Promise.all(
    scopes.map(async (scope) => (await namesIn(join(folder, scope))).map((name) => `${scope}/${name}`)),
  );
  return [...entries, ...scoped.flat()].sort();
}

async function namesIn(
  folder: string,
  isWanted: (entry: { isSymbolicLink(): boolean }) => boolean = () => true,
): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter(isWanted).map(({ name }) => name);
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}
