import { posix, win32 } from 'node:path';
import { homeFolder } from '@dbsync/core/cli-kit';
import type { Variables } from './invocation.js';

/** The facts about this machine that decide where its users keep files. */
export interface Home {
  readonly platform: NodeJS.Platform;
  readonly variables: Variables;
  /** Null: the account has none. */
  readonly home: string | null;
}

/**
 * Returns the folders for logs, or for the state of webhook mode, where no option names one. The first that takes files is used. On
 * Windows that is a folder of the user, which no other user may read; the others are those of earlier releases.
 */
export function usualFolders(kind: 'logs' | 'state', machine: Home = thisMachine()): readonly string[] {
  const { platform, variables, home } = machine;
  const { join } = platform === 'win32' ? win32 : posix;
  const inHome = (...parts: readonly string[]) => (home === null ? [] : [join(home, ...parts)]);
  const below = (folder: string | undefined, ...instead: readonly string[]) => (folder ? [folder] : inHome(...instead));
  const local = below(variables.LOCALAPPDATA, 'AppData', 'Local').map((folder) => join(folder, 'dbsync', kind));
  const ofUser =
    kind === 'logs'
      ? inHome('.dbsync', 'logs')
      : below(variables.XDG_STATE_HOME, '.local', 'state').map((folder) => join(folder, 'dbsync'));
  const others = [kind === 'logs' ? '/var/log/dbsync' : '/var/lib/dbsync', ...ofUser];
  return platform === 'win32' ? [...local, ...others] : others;
}

function thisMachine(): Home {
  return { platform: process.platform, variables: process.env, home: homeFolder() };
}
