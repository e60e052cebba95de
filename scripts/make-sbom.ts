// `npm run sbom` writes dbsync.cdx.json: the bill of materials of all packages, in CycloneDX.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';

const file = join(import.meta.dirname, '..', 'dbsync.cdx.json');
const bill = billOfMaterials(['./packages/*']);
writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
console.log(`Wrote ${file}: ${bill.components.length} packages.`);
