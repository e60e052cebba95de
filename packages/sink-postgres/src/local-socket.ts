import { existsSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Returns the host where the address names none, as libpq does: the directory of the socket of common builds of
 * PostgreSQL, else the loopback.
 */
export function localHost(port: number): string {
  const found = ['/var/run/postgresql', '/tmp'].find((directory) => existsSync(socketIn(directory, port)));
  return found ?? 'localhost';
}

/** Reads owners and modes of files. */
export interface FileLook {
  realPath(path: string): string;
  stat(path: string): Pick<Stats, 'uid' | 'mode'>;
  readonly ownUid: number | undefined;
}

const MACHINE: FileLook = { realPath: realpathSync, stat: statSync, ownUid: process.getuid?.() };

/**
 * Returns whether the host is the folder of a unix socket that only a trusted account can have made: root or the user of
 * this process owns the socket or the folder, or no folder of its path lets every user of the machine add files. In a
 * folder such as `/tmp`, any user can put a program in the place of a server that does not run.
 */
export function isTrustedSocket(host: string, port: number, look: FileLook = MACHINE): boolean {
  if (!host.startsWith('/')) return false;
  try {
    const isOwn = (uid: number) => uid === 0 || uid === look.ownUid;
    if (isOwn(look.stat(socketIn(host, port)).uid)) return true;
    const folder = look.realPath(host);
    const { uid, mode } = look.stat(folder);
    if (isOwn(uid) && !isOpen(mode)) return true;
    for (let at = folder; ; at = dirname(at)) {
      if (isOpen(look.stat(at).mode)) return false;
      if (at === dirname(at)) return true;
    }
  } catch {
    // The connection fails as well.
    return false;
  }
}

/** True where every user may add files to the folder. */
function isOpen(mode: number): boolean {
  return (mode & 0o002) !== 0;
}

function socketIn(folder: string, port: number): string {
  return `${folder}/.s.PGSQL.${port}`;
}
