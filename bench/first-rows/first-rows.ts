import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { manifestOf } from '../../test/harness/packed-packages.ts';
import { mustRun } from '../../test/harness/run-program.ts';
import { startPackageRegistry } from '../../test/harness/servers/package-registry.ts';
import { diskFolder } from '../../test/harness/temporary-folders.ts';
import { type MadePackages, obstacleOf, type PlayedWay, playWay } from './play-way.ts';
import { WAYS, type Way } from './ways.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** A way that this machine cannot play. */
export interface NotPlayed {
  readonly way: Way;
  readonly reason: string;
}

export interface FirstRows {
  readonly contacts: number;
  readonly played: readonly (PlayedWay | NotPlayed)[];
  /** The machine, and how busy it was before the packages were made. */
  readonly machine: string;
}

/** Plays the ways of a new user to rows in PostgreSQL, one after the other. The packages are made before. */
export async function measureFirstRows(contacts: number): Promise<FirstRows> {
  // The making of the packages would count as other work.
  const machine = machineNow();
  const folder = mkdtempSync(join(diskFolder(), 'dbsync-bench-packages-'));
  console.log('Making the packages ...');
  const packages = await makePackages(folder);
  try {
    const played: (PlayedWay | NotPlayed)[] = [];
    for (const way of WAYS) {
      const reason = obstacleOf(way);
      console.log(reason === null ? `${way.heading}:` : `${way.heading}: NOT RUN, ${reason}`);
      played.push(reason === null ? await playWay(way, packages, contacts) : { way, reason });
    }
    return { contacts, played, machine };
  } finally {
    await packages.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs the packages for npm, and the one for Debian where its way can be played. */
async function makePackages(folder: string): Promise<MadePackages & { close(): Promise<void> }> {
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  const node = (...args: readonly string[]) => mustRun(process.execPath, args, { cwd: REPOSITORY });
  await node('scripts/setup.mjs', 'pack', tarballs);
  const { url, close } = await startPackageRegistry(tarballs);
  const debian = WAYS.find(({ name }) => name === 'deb');
  if (debian === undefined || obstacleOf(debian) !== null) return { registryUrl: url, packaged: null, close };
  const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
  await node('scripts/package/package.ts', `deb-${architecture}`);
  const packaged = join(folder, 'packaged');
  const { version } = manifestOf('packages/cli');
  for (const name of [`dbsync_${version}_${architecture}.deb`, 'SHA256SUMS']) {
    cpSync(join(REPOSITORY, 'packaged', name), join(packaged, name));
  }
  return { registryUrl: url, packaged, close };
}

function machineNow(): string {
  const cores = cpus();
  const [load = 0] = loadavg();
  const busy = load < 0.5 ? 'idle' : `busy with other work, at a load of ${load.toFixed(1)} before`;
  return `${cores.length} cores, ${cores[0]?.model.trim()}, ${process.platform} ${process.arch}, ${busy}`;
}
