import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Variables } from './invocation.js';

/** The facts about this machine that decide where its users keep files. */
export interface Home {
  readonly platform: NodeJS.Platform;
  readonly variables: Variables;
  readonly home: string;
}

/**
 * Returns the folders for logs, or for the state of webhook mode, where no option names one. The first that takes files is used. On
 * Windows that is a folder of the user, which no other user may read; the others are those of earlier releases.
 */
export function usualFolders(kind: 'logs' | 'state', machine: Home = thisMachine()): readonly string[] {
  const { platform, variables, home } = machine;
  const { join } = platform === 'win32' ? win32 : posix;
  const local = join(variables.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'dbsync', kind);
  const others =
    kind === 'logs'
      ? ['/var/log/dbsync', join(home, '.dbsync', 'logs')]
      : ['/var/lib/dbsync', join(variables.XDG_STATE_HOME || join(home, '.local', 'state'), 'dbsync')];
  return platform === 'win32' ? [local, ...others] : others;
}

function thisMachine(): Home {
  return { platform: process.platform, variables: process.env, home: homedir() };
}
