import { type BillComponent, type BillOfMaterials, packageNameOf, sourceOf } from './bill-of-materials.ts';
import { placesOf } from './package-places.ts';

/** A package by its folder, as a lock file of npm has it. */
export interface LockedPackage {
  /** The name, which only the folder itself has. */
  readonly name?: string;
  readonly version: string;
  /** The source of the package, and the hash of that; packages of this repository have none. */
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Returns the packages that the component of a bill needs, by their folders, in the form of npm: `node_modules/a`,
 * `node_modules/a/node_modules/b`. The folder of the component itself is `''`. Versions and hashes are those of the lock file.
 */
export function lockedPackages(bill: BillOfMaterials): Readonly<Record<string, LockedPackage>> {
  const { metadata, components, dependencies } = bill;
  const byRef = new Map([metadata.component, ...components].map((component) => [component['bom-ref'], component]));
  const needs = new Map(
    dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn.flatMap((other) => byRef.get(other) ?? [])]),
  );
  const needsOf = (component: BillComponent) => needs.get(component['bom-ref']) ?? [];
  const entries = Array.from(placesOf(metadata.component, needsOf, packageNameOf), ([folder, component]) => {
    const source = sourceOf(component);
    const wanted = needsOf(component).map((other) => [packageNameOf(other), other.version] as const);
    const entry = {
      ...(folder === '' && { name: packageNameOf(component) }),
      version: component.version,
      ...(source && {
        resolved: source.url,
        integrity: `sha512-${Buffer.from(source.sha512, 'hex').toString('base64')}`,
      }),
      ...(wanted.length > 0 && { dependencies: Object.fromEntries(wanted.sort(byName)) }),
    };
    return [folder, entry] as const;
  });
  return Object.fromEntries(entries.sort(byName));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
