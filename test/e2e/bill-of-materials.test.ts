import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type BillOfMaterials, billOfMaterials, packageNameOf, sourceOf } from '../../scripts/bill-of-materials.ts';
import { licencesPage, refusedLicences } from '../../scripts/print-licences.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the bill of materials', () => {
  let bill: BillOfMaterials;
  beforeAll(() => {
    bill = billOfMaterials(['./packages/*']);
  });

  it('names what the command and the sinks need to run, and no tool of tests', () => {
    expect(bill.bomFormat).toBe('CycloneDX');
    const names = bill.components.map(packageNameOf);
    expect(names).toEqual(
      expect.arrayContaining(['got', 'winston', 'kysely', 'pg', 'mysql2', 'tedious', '@dbsync/core']),
    );
    for (const tool of ['vitest', 'typescript', '@biomejs/biome', 'fast-check']) expect(names).not.toContain(tool);
  });

  it('has the version and the hash of the lock file for each package', () => {
    const lock = read('pnpm-lock.yaml');
    for (const component of bill.components.filter(({ group }) => group !== '@dbsync')) {
      const sha512 = Buffer.from(sourceOf(component)?.sha512 ?? '', 'hex').toString('base64');
      const key = `${packageNameOf(component)}@${component.version}`;
      expect(lock.replaceAll("'", '')).toContain(`  ${key}:\n    resolution: {integrity: sha512-${sha512}}`);
    }
  });

  it('has no licence that is not allowed', () => {
    expect(refusedLicences(bill)).toEqual([]);
    const [component] = bill.components;
    if (component === undefined) throw new Error('no component');
    for (const licenses of [
      undefined,
      [{ license: { id: 'GPL-3.0-only' } }],
      [{ expression: 'MIT AND GPL-3.0-only' }],
    ]) {
      expect(refusedLicences({ components: [{ ...component, ...{ licenses } } as typeof component] })).toHaveLength(1);
    }
  });

  it('has the licences of docs/licences.md (else run `node scripts/print-licences.ts`)', () => {
    expect(read('docs/licences.md')).toBe(licencesPage(bill));
  });
});
