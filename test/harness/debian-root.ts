import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the root of another machine with Debian, without a package in it. */
export function makeDebianRoot(root: string): void {
  for (const path of ['info', 'updates', 'triggers']) mkdirSync(join(root, 'var/lib/dpkg', path), { recursive: true });
  for (const name of ['status', 'available']) writeFileSync(join(root, 'var/lib/dpkg', name), '');
}

/** Returns the words of a call of dpkg for that root. What a package depends on is on this machine. */
export function dpkgFor(root: string): readonly [string, ...string[]] {
  const apart = ['--force-not-root', '--force-script-chrootless', '--force-depends', `--log=${root}.log`];
  const words = ['dpkg', `--root=${root}`, ...apart] as const;
  // Another user than root plays root in a name space of its own.
  return process.getuid?.() === 0 ? [...words] : ['unshare', '--user', '--map-root-user', ...words];
}
