// `node scripts/print-licences.ts` prints docs/licences.md: the packages that dbsync and its sinks need to run, with
// their licences; a test compares, and refuses a licence that is not allowed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BillComponent, type BillOfMaterials, billOfMaterials, packageNameOf } from './bill-of-materials.ts';

/** Licences under which packages may be used and passed on with dbsync. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense']);

const INTRODUCTION = `# Licences

dbsync is published under the MIT licence. This page lists the packages that the command and its sinks need to run, with their licences.
When you install a sink, npm installs only the packages that this sink needs. \`npm run sbom\` writes the same list with versions and hashes as a
file in the format CycloneDX.

This page is printed from the lock file and the installed packages by \`node scripts/print-licences.ts\`.

| package | version | licence |
| --- | --- | --- |
`;

/** Returns the page for the packages of a bill of materials. */
export function licencesPage({ components }: Pick<BillOfMaterials, 'components'>): string {
  const rows = components
    .filter(({ group }) => group !== '@dbsync')
    .map((component) => `| ${packageNameOf(component)} | ${component.version} | ${licenceOf(component)} |`);
  return `${INTRODUCTION}${[...new Set(rows)].sort().join('\n')}\n`;
}

/** Returns the packages whose licence is not allowed, with that licence. */
export function refusedLicences({ components }: Pick<BillOfMaterials, 'components'>): readonly string[] {
  return components
    .filter((component) => !isAllowed(licenceOf(component)))
    .map((component) => `${packageNameOf(component)} ${component.version}: ${licenceOf(component)}`);
}

/** True where one of the licences to choose from is allowed. */
function isAllowed(licence: string): boolean {
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => ALLOWED.has(choice));
}

function licenceOf({ licenses = [] }: BillComponent): string {
  const names = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? 'unknown');
  return names.length === 0 ? 'none' : names.join(' AND ');
}

if (process.argv[1] === import.meta.filename) {
  const file = join(import.meta.dirname, '..', 'docs', 'licences.md');
  writeFileSync(file, licencesPage(billOfMaterials(['./packages/*'])));
  console.log(`Wrote ${file}.`);
}
