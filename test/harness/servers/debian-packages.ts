import { execFile } from 'node:child_process';
import { accessSync, constants, globSync, mkdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { diskFolder } from '../temporary-folders.ts';
import { hasCommand } from './debian-tools.ts';
import { madeOnce } from './made-once.ts';

export interface DebianPackage {
  readonly name: string;
  /** A release of Debian; absent: that of the machine's own apt sources. */
  readonly release?: string;
}

const run = promisify(execFile);

/**
 * Fetches a package and all that it needs, down to the C library. Returns their files. It needs no root and leaves the
 * machine's apt and dpkg as they are. Fetched files are kept: remove their folder to get newer versions.
 */
export async function fetchPackages(wanted: DebianPackage): Promise<readonly string[]> {
  await madeOnce(folderOf(wanted.name), async (draft) => {
    console.error(`Fetching ${wanted.name} and what it needs by apt-get ...`);
    const started = performance.now();
    await download(wanted, draft);
    console.error(`Fetched ${wanted.name} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  });
  return fetchedPackages(wanted.name);
}

/** Returns the files of a package that was fetched earlier, and of all that it needs; else none. */
export function fetchedPackages(name: string): readonly string[] {
  const folder = folderOf(name);
  return globSync('*.deb', { cwd: folder }).map((file) => join(folder, file));
}

/** Returns the version of a package that is among these files. */
export function versionOf(name: string, files: readonly string[]): string | null {
  const version = files.map((file) => new RegExp(`/${name}_([^_]+)_[^/]*$`).exec(file)?.[1]).find(Boolean);
  return version === undefined ? null : decodeURIComponent(version).replace(/^\d+:/, '');
}

function folderOf(name: string): string {
  return join(cacheFolder(), 'debian', name);
}

/** Returns `DBSYNC_TEST_CACHE`, else a folder in the repository, unless this user may not write there. */
function cacheFolder(): string {
  const given = process.env.DBSYNC_TEST_CACHE;
  if (given !== undefined) return resolve(given);
  const own = join(import.meta.dirname, '../../../.cache');
  try {
    mkdirSync(own, { recursive: true });
    accessSync(own, constants.W_OK);
    return own;
  } catch {
    return join(diskFolder(), `dbsync-cache-${userInfo().uid}`);
  }
}

async function download({ name, release }: DebianPackage, folder: string): Promise<void> {
  if (!hasCommand('apt-get')) throw new Error('this machine has no apt-get');
  const state = join(folder, 'state');
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'partial'));
  await writeFile(join(state, 'status'), await installedPerl());
  const options = privateOptions(state, folder);
  await aptGet([...options, 'update']);
  if (release !== undefined) {
    options.push(...(await sourceOptions(release, state, options)));
    await aptGet([...options, 'update']);
  }
  await aptGet([...options, 'install', '--yes', '--download-only', name]);
  for (const path of [state, join(folder, 'partial'), join(folder, 'lock')])
    await rm(path, { recursive: true, force: true });
}

async function aptGet(args: readonly string[]): Promise<string> {
  try {
    return (await run('apt-get', args)).stdout;
  } catch (cause) {
    const { stderr } = cause as { readonly stderr: string };
    throw new Error(`apt-get: ${stderr.trim()}`, { cause });
  }
}

/**
 * Returns options by which no package counts as installed, so that the libraries come too, whatever the machine has.
 */
function privateOptions(state: string, folder: string): string[] {
  const settings = {
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': state,
    'Dir::Cache::archives': folder,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Debug::NoLocking': 'true',
  };
  return ['--quiet=2', ...Object.entries(settings).map(([name, value]) => `--option=${name}=${value}`)];
}

/**
 * Returns the installed packages to count: only Perl, which the scripts beside a server need and no server does: 70 MB.
 */
async function installedPerl(): Promise<string> {
  const { stdout: architecture } = await run('dpkg', ['--print-architecture']);
  return [
    'Package: perl',
    'Status: install ok installed',
    'Version: 9:0',
    `Architecture: ${architecture.trim()}`,
    'Multi-Arch: allowed',
    'Maintainer: none',
    'Description: none',
    '',
  ].join('\n');
}

/** Returns options for another release, from the place where the machine's own apt sources have Debian. */
async function sourceOptions(release: string, state: string, options: readonly string[]): Promise<readonly string[]> {
  const format = ['--format', '$(REPO_URI)', 'Created-By: Packages', 'Origin: Debian', 'Label: Debian'];
  const targets = await aptGet([...options, 'indextargets', ...format]);
  const [archive] = targets.split('\n');
  if (!archive) throw new Error("None of this machine's apt sources is Debian's archive");
  const sources = join(state, 'sources.list');
  await writeFile(
    sources,
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archive} ${release} main\n`,
  );
  const settings = [
    `sourcelist=${sources}`,
    'sourceparts=/dev/null',
    'preferences=/dev/null',
    'preferencesparts=/dev/null',
  ];
  return settings.map((setting) => `--option=Dir::Etc::${setting}`);
}
