import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { repositoryRoot } from './source-files.ts';

/** A module of a published package that others may import. */
export interface EntryPoint {
  /** The specifier that importers write, such as `@dbsync/core/contract`. */
  readonly specifier: string;
  /** The TypeScript file that it is built from. */
  readonly source: string;
}

interface PackageManifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly default: string }>>;
}

/** Lists the entry points of all published packages, by specifier. */
export function entryPoints(): readonly EntryPoint[] {
  return readdirSync(join(repositoryRoot, 'packages'))
    .flatMap((folder) => {
      const text = readFileSync(join(repositoryRoot, 'packages', folder, 'package.json'), 'utf8');
      return entryPointsOf(`packages/${folder}`, JSON.parse(text) as PackageManifest);
    })
    .sort((a, b) => (a.specifier < b.specifier ? -1 : 1));
}

/** Lists the entry points of one package. JSON files and private packages have none. */
export function entryPointsOf(folder: string, manifest: PackageManifest): readonly EntryPoint[] {
  if (manifest.private === true) return [];
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    const file = typeof target === 'string' ? target : target.default;
    if (!file.endsWith('.js')) return [];
    const source = file.replace(/^\.\/dist\//, './src/').replace(/\.js$/, '.ts');
    return [{ specifier: posix.join(manifest.name, subpath), source: posix.join(folder, source) }];
  });
}
