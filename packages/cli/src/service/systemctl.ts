import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf } from './service-place.js';
import type { ProgramStep } from './service-plan.js';

/** Folders of units that packages install. Such a unit is used as it is. */
const PACKAGED = ['/usr/lib/systemd/system', '/lib/systemd/system'];
/** The folder of units that an administrator makes. */
export const OWN_UNITS = '/etc/systemd/system';
/** The folder of settings and secrets. */
export const SETTINGS = '/etc/dbsync';
/** Folders that `ProtectHome=` hides. */
export const HOMES = /^\/(?:home|root|run\/user)\//;

/** Returns the unit of that name that a package has installed; null: none has. */
export function packagedUnit(name: string, root: string | null): string | null {
  const paths = PACKAGED.map((folder) => join(folder, name));
  return paths.find((path) => existsSync(placeOf(path, root))) ?? null;
}

/** Returns the program that shows the state of a unit. */
export function showUnit(name: string, root: string | null): ProgramStep {
  return root === null
    ? systemctl('status', '--no-pager', '--full', '--lines=5', name)
    : systemctl(...offline(root), 'is-enabled', name);
}

/** Lets systemctl work on the files below a folder, without a running systemd. */
export function offline(root: string | null): readonly string[] {
  return root === null ? [] : [`--root=${root}`];
}

export function systemctl(...args: readonly string[]): ProgramStep {
  return { kind: 'run', program: 'systemctl', args };
}
