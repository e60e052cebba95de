// `node scripts/setup.mjs program FOLDER TARBALLS` lays out dbsync as a program: the command, all sinks, what they need, by the
// versions and hashes of the lock file, and the Node.js that runs this script. It can be moved, and needs nothing outside of it
// but the C library. TARBALLS is a folder that `node scripts/setup.mjs pack TARBALLS` has filled.
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { billOfMaterials } from './bill-of-materials.ts';
import { type LockedPackage, lockedPackages } from './locked-packages.ts';

const root = join(import.meta.dirname, '..');
const [folder, tarballs] = process.argv.slice(2).map((path) => resolve(path));
if (folder === undefined || tarballs === undefined) {
  console.error('Name the folder of the program, and that of the tarballs.');
  process.exit(2);
}

const parts = readdirSync(join(root, 'packages')).filter((name) => name === 'cli' || name.startsWith('sink-'));
mkdirSync(folder, { recursive: true });
install(folder, lockFile(folder, tarballs));
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
cpSync(process.execPath, join(folder, 'bin', 'node'));
symlinkSync('node_modules/@dbsync/cli/bin/dbsync.js', join(folder, 'dbsync.js'));
console.log(`Wrote ${folder}.`);

interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  /** The packages that are asked for, by their names. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Returns the lock file of npm for the folder. Packages of this repository come from their tarballs. */
function lockFile(folder: string, tarballs: string): LockFile {
  const fromTarball = ({ name, version }: { readonly name: string; readonly version: string }): LockedPackage => {
    const file = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    const integrity = `sha512-${hash('sha512', readFileSync(file), 'base64')}`;
    return { version, resolved: `file:${relative(folder, file)}`, integrity };
  };
  const filters = parts.map((name) => `./packages/${name}`);
  const { '': _, ...needed } = lockedPackages(billOfMaterials(filters, { lockfileOnly: true }));
  const locked = Object.entries(needed).map(([place, entry]) => {
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [place, entry.resolved === undefined ? { ...entry, ...fromTarball({ ...entry, name }) } : entry] as const;
  });
  const wanted = parts.map((part) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', part, 'package.json'), 'utf8'));
    const needs = Object.keys(manifest.dependencies ?? {}).map((name) => [
      name,
      needed[`node_modules/${name}`]?.version,
    ]);
    return [manifest.name as string, { ...fromTarball(manifest), dependencies: Object.fromEntries(needs) }] as const;
  });
  return {
    packages: {
      ...Object.fromEntries(locked),
      ...Object.fromEntries(wanted.map(([name, entry]) => [`node_modules/${name}`, entry])),
    },
    dependencies: Object.fromEntries(wanted.map(([name, { resolved = '' }]) => [name, resolved])),
  };
}

/** Lets npm install what the lock file names, check the hashes, and run no script of a package. */
function install(folder: string, { packages, dependencies }: LockFile): void {
  const manifest = { name: 'dbsync-program', version: '0.0.0', private: true, dependencies };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const { status, error } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci failed: ${error ?? `exit code ${status}`}`);
  for (const file of ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'])
    rmSync(join(folder, file));
}
