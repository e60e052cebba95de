import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { quotedForShell } from '../errors/quoted-for-shell.js';

/** The permissions of a file or folder, as `stat` gives them. */
export interface Permissions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** The user and the groups of a process: a permission is for them or for others. */
export interface Surroundings {
  /** The user of this process; undefined on Windows, which has no such permissions. */
  readonly uid: number | undefined;
  /** The groups of this process, its own one first. */
  readonly groups: readonly number[];
  /**
   * The folder where systemd puts secrets: only the service may enter it, and the modes of the files do not show that.
   */
  readonly credentials: string | undefined;
  /**
   * True in a container: other users of the machine see no file of it, and a file that is mounted from elsewhere has the
   * mode that it has there.
   */
  readonly isContainer: boolean;
}

/** Returns the surroundings of this process. */
export function ownSurroundings(variables: Readonly<Record<string, string | undefined>> = process.env): Surroundings {
  const groups = [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
  const isContainer =
    (variables.KUBERNETES_SERVICE_HOST ?? variables.container) !== undefined || CONTAINER_MARKS.some(existsSync);
  return { uid: process.getuid?.(), groups, credentials: variables.CREDENTIALS_DIRECTORY, isContainer };
}

/** Files that Docker and Podman put into each container. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/** The types of file systems in memory, `tmpfs` and `ramfs`, as statfs(2) names them. */
const IN_MEMORY: readonly number[] = [0x01021994, 0x858458f6];

/** Returns whether the file is in memory, in a folder that this process cannot write to: so platforms mount secrets. */
export function isSecretMount(path: string): boolean {
  try {
    if (!IN_MEMORY.includes(statfsSync(path).type)) return false;
  } catch {
    return false;
  }
  try {
    accessSync(dirname(path), constants.W_OK);
    return false;
  } catch {
    return true;
  }
}

/**
 * Returns the command that takes a file of secrets away from other users of the machine; null where none of them may use it.
 * A secret that a container platform mounts is in memory and is seen in that container alone, whatever its mode is. A file
 * of the host that is mounted into a container keeps the mode of the host, where other users may read it.
 *
 * @param found null: there is no such file
 */
export function commandToClose(
  path: string,
  found: Permissions | null,
  surroundings: Surroundings = ownSurroundings(),
  isMounted: (path: string) => boolean = isSecretMount,
): string | null {
  const { uid, groups, credentials, isContainer } = surroundings;
  if (found === null || uid === undefined) return null;
  if (credentials && path.startsWith(`${credentials}/`)) return null;
  if (!mayOthers(found, 0o077, surroundings)) return null;
  if (isContainer && isMounted(path)) return null;
  if (isContainer && found.uid !== uid && uid !== 0) {
    return `chown ${uid} FILE && chmod 400 FILE, where FILE is the file of the host that is mounted as ${quotedForShell(path)}`;
  }
  // If the file's group lost its right, this process could not read a file of root any more.
  const file = quotedForShell(path);
  return found.uid === uid || uid === 0 ? `chmod 600 ${file}` : `chgrp ${groups[0]} ${file} && chmod 640 ${file}`;
}

/**
 * True where users other than that of this process have one of these permissions. The group counts, except for a file
 * of another owner that is open to a group of this process: in this way root gives a secret to a service
 * (`root:dbsync`, mode 0640).
 */
export function mayOthers(
  { mode, uid, gid }: Permissions,
  permissions: number,
  own: Pick<Surroundings, 'uid' | 'groups'> = ownSurroundings(),
): boolean {
  const isGivenToGroup = uid !== own.uid && own.uid !== 0 && own.groups.includes(gid);
  return (mode & permissions & (isGivenToGroup ? 0o007 : 0o077)) !== 0;
}

/**
 * True where users other than root and that of this process may add, remove or replace files in the folder. False where
 * there is none, and on Windows, which has no such permissions.
 */
export function isFolderOfOthers(folder: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    const found = statSync(folder);
    return mayOthers(found, 0o022) || (found.uid !== 0 && found.uid !== process.getuid?.());
  } catch {
    return false;
  }
}
