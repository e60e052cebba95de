import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DebianPackage, fetchedPackages, fetchPackages, versionOf } from './debian-packages.ts';
import { buildFolder, giveToServer, makeBuild } from './server-build.ts';

const run = promisify(execFile);

/** A server from Debian's packages. */
export interface DebianServer {
  readonly product: string;
  readonly package: DebianPackage;
  /** Makes the data directory, by the user that runs the servers. */
  initialise(tree: string, data: string): Promise<void>;
}

/** Fetches, unpacks and initialises what is missing. Returns the build's folder, which has `tree` and `template`. */
export async function debianBuild(server: DebianServer): Promise<string> {
  const files = await fetchPackages(server.package);
  const folder = folderOf(server, files);
  if (folder === null) throw new Error(`apt-get fetched no ${server.package.name}`);
  await makeBuild(
    folder,
    async (draft) => {
      const tree = join(draft, 'tree');
      for (const file of files) await run('dpkg-deb', ['--extract', file, tree]);
      for (const unused of ['usr/bin', 'usr/share/doc']) await rm(join(tree, unused), { recursive: true, force: true });
    },
    async (draft) => {
      const template = join(draft, 'template');
      await mkdir(template, { mode: 0o700 });
      giveToServer(template);
      await server.initialise(join(draft, 'tree'), template);
    },
  );
  return folder;
}

/** True where {@link debianBuild} has succeeded here once: then it succeeds again, without the network. */
export function isBuilt(server: DebianServer): boolean {
  const folder = folderOf(server, fetchedPackages(server.package.name));
  return folder !== null && existsSync(folder);
}

/**
 * Returns the command for a program of a tree: with the loader and the libraries that came with it, whatever the
 * machine has.
 */
export function commandIn(tree: string, program: string): readonly string[] {
  const find = (pattern: string) => globSync(pattern, { cwd: tree }).map((found) => join(tree, found));
  const [loader] = find('{lib,usr/lib}/*-linux-gnu*/ld-linux-*.so.*');
  if (loader === undefined) throw new Error(`No loader in ${tree}`);
  const libraries = find('{lib,usr/lib}/*-linux-gnu*').join(':');
  const path = join(tree, program);
  return [loader, '--library-path', libraries, '--argv0', path, path];
}

function folderOf({ product, package: { name } }: DebianServer, files: readonly string[]): string | null {
  const version = versionOf(name, files);
  return version === null ? null : buildFolder(`${product}-${version}`);
}
