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
}

/** Returns the surroundings of this process. */
export function ownSurroundings(variables: Readonly<Record<string, string | undefined>> = process.env): Surroundings {
  const groups = [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
  return { uid: process.getuid?.(), groups, credentials: variables.CREDENTIALS_DIRECTORY };
}

/**
 * Returns the command that takes a file of secrets away from other users of the machine; null where none of them may use it.
 *
 * @param found null: there is no such file
 */
export function commandToClose(
  path: string,
  found: Permissions | null,
  surroundings: Surroundings = ownSurroundings(),
): string | null {
  const { uid, groups, credentials } = surroundings;
  if (found === null || uid === undefined) return null;
  if (credentials && path.startsWith(`${credentials}/`)) return null;
  if (!mayOthers(found, 0o077, surroundings)) return null;
  // If the file's group lost its right, this process could not read a file of root any more.
  return found.uid === uid || uid === 0 ? `chmod 600 ${path}` : `chgrp ${groups[0]} ${path} && chmod 640 ${path}`;
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
