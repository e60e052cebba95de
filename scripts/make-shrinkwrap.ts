// Makes packages/cli/npm-shrinkwrap.json from the lock file before the command is packed: npm then installs the versions that
// were tested, and checks their hashes. Several may be made at a time, so the file appears whole.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';
import { lockedPackages } from './locked-packages.ts';

const folder = join(import.meta.dirname, '..', 'packages', 'cli');
const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const packages = lockedPackages(billOfMaterials([name], { lockfileOnly: true }));
const file = join(folder, 'npm-shrinkwrap.json');
const part = `${file}.${process.pid}`;
writeFileSync(part, `${JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages }, null, 2)}\n`);
renameSync(part, file);
