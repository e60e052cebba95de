import nodeModule from 'node:module';
import type { PackageFolder } from './installed-packages.js';

/** The part of Yarn's Plug'n'Play API that dbsync uses; Yarn documents it as `pnpapi`. */
interface PlugAndPlayApi {
  getDependencyTreeRoots(): readonly Locator[];
  getPackageInformation(locator: Locator): PackageInformation | null;
  getLocator(name: string, reference: string | readonly [string, string]): Locator;
}

interface Locator {
  readonly name: string;
  readonly reference: string;
}

interface PackageInformation {
  readonly packageLocation: string;
  readonly packageDependencies: ReadonlyMap<string, string | readonly [string, string] | null>;
}

/**
 * Returns the packages on which the project's own package.json and those of its workspaces depend, if Yarn installed
 * them without a `node_modules`; else none. Their files may be inside archives, which Yarn opens for `fs` and `import`.
 */
export function packagesOfPlugAndPlay(from: string): readonly PackageFolder[] {
  if (process.versions.pnp === undefined) return [];
  const { findPnpApi } = nodeModule as { readonly findPnpApi?: (path: string) => PlugAndPlayApi | null };
  const api = findPnpApi?.(from);
  if (!api) return [];
  return api.getDependencyTreeRoots().flatMap((root) => {
    const dependencies = [...(api.getPackageInformation(root)?.packageDependencies ?? [])];
    return dependencies.flatMap(([packageName, reference]) => {
      const found = reference === null ? null : api.getPackageInformation(api.getLocator(packageName, reference));
      return found ? [{ packageName, directory: found.packageLocation }] : [];
    });
  });
}
