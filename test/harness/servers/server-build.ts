import { execFile } from 'node:child_process';
import { chownSync, lstatSync, mkdtempSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskFolder, memoryFolder } from '../temporary-folders.ts';
import { madeOnce } from './made-once.ts';

const run = promisify(execFile);

/**
 * The user that runs the servers of the tests. No server runs as root: for root it is the user 65534; else the
 * present user.
 */
export interface ServerUser {
  /** User and group; absent: the present ones. */
  readonly user?: number;
  readonly spawnOptions: { readonly env: NodeJS.ProcessEnv; readonly uid?: number; readonly gid?: number };
}

const NOBODY = 65534;

export function serverUser(): ServerUser {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' };
  const isRoot = userInfo().uid === 0;
  return isRoot ? { user: NOBODY, spawnOptions: { env, uid: NOBODY, gid: NOBODY } } : { spawnOptions: { env } };
}

/** Gives paths to the user that runs the servers. */
export function giveToServer(...paths: readonly string[]): void {
  const { user } = serverUser();
  if (user !== undefined) for (const path of paths) chownSync(path, user, user);
}

/**
 * Returns the folder of a server's programs with an initialised data directory, `template`. It is in the temporary
 * folder, since other users cannot read a workspace below a private home.
 *
 * @param name the product and its version
 */
export function buildFolder(name: string): string {
  return join(diskFolder(), `dbsync-${name}-${userInfo().uid}`);
}

/** Makes the folder of {@link buildFolder} once: first the programs, readable for every user, then the template. */
export async function makeBuild(
  folder: string,
  unpack: (draft: string) => Promise<void>,
  initialise: (draft: string) => Promise<void>,
): Promise<void> {
  await madeOnce(folder, async (draft) => {
    await unpack(draft);
    await run('chmod', ['-R', 'go=u-w', draft]);
    await initialise(draft);
  });
  if (lstatSync(folder).uid !== userInfo().uid) throw new Error(`${folder} belongs to another user: remove it`);
}

/**
 * Makes a folder for a server, with its data, a copy of the build's, in `data`: on disk where that is asked for, else
 * in memory where the machine has room, since MariaDB waits for the disk at each table that it makes (27 ms; 3 in
 * memory).
 */
export async function serverHome(product: string, folder: string, onDisk = false): Promise<string> {
  const home = mkdtempSync(join((onDisk ? null : memoryFolder()) ?? diskFolder(), `dbsync-${product}-`));
  giveToServer(home);
  await run('cp', ['-R', join(folder, 'template'), join(home, 'data')], serverUser().spawnOptions);
  return home;
}
