// Makes packages/cli/npm-shrinkwrap.json from the lock file before the command is packed: npm then installs the versions that
// were tested, and checks their hashes. Several may be made at a time, so the file appears whole.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BillComponent,
  type BillOfMaterials,
  billOfMaterials,
  packageNameOf,
  sourceOf,
} from './bill-of-materials.ts';
import { placesOf } from './package-places.ts';

const folder = join(import.meta.dirname, '..', 'packages', 'cli');
const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const packages = lockedPackages(billOfMaterials(name, { lockfileOnly: true }));
const file = join(folder, 'npm-shrinkwrap.json');
const part = `${file}.${process.pid}`;
writeFileSync(part, `${JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages }, null, 2)}\n`);
renameSync(part, file);

/** Returns the packages by their folders, as npm writes them. Packages of this repository have only their version. */
function lockedPackages({ metadata, components, dependencies }: BillOfMaterials): Readonly<Record<string, object>> {
  const byRef = new Map([metadata.component, ...components].map((component) => [component['bom-ref'], component]));
  const needs = new Map(
    dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn.flatMap((other) => byRef.get(other) ?? [])]),
  );
  const needsOf = (component: BillComponent) => needs.get(component['bom-ref']) ?? [];
  const entries = Array.from(placesOf(metadata.component, needsOf, packageNameOf), ([place, component]) => {
    const source = sourceOf(component);
    const wanted = needsOf(component).map((other) => [packageNameOf(other), other.version] as const);
    const entry = {
      ...(place === '' && { name: packageNameOf(component) }),
      version: component.version,
      ...(source && {
        resolved: source.url,
        integrity: `sha512-${Buffer.from(source.sha512, 'hex').toString('base64')}`,
      }),
      ...(wanted.length > 0 && { dependencies: Object.fromEntries(wanted.sort(byName)) }),
    };
    return [place, entry] as const;
  });
  return Object.fromEntries(entries.sort(byName));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
