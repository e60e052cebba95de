import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';

/** A machine of the page. The folders that dbsync uses there are temporary folders here. */
export interface Machine extends Disposable {
  /** The folder `/var/lib/dbsync` of the page. */
  readonly state: string;
  /** The options of the service, `/etc/dbsync/CAMPAIGN.env` of the page. */
  readonly serviceFile: string;
  /** The options that the page says are in the environment of the operator. */
  readonly variables: Readonly<Record<string, string>>;
  /** Returns a word of the page with the paths of these folders. */
  real(word: string): string;
  /** Returns an output with the paths and the host of the page. */
  shown(output: string): string;
}

/** The upstream, and the target: null for a SQLite file of the machine. */
interface MachineOptions {
  readonly apiUrl: string;
  readonly target: string | null;
}

export function createMachine(name: string, { apiUrl, target }: MachineOptions): Machine {
  // Short paths with the length of those of the page: lines break at the same words, and no path is broken itself.
  const [state, logs, rest] = [mkdtempSync('/tmp/ops-'), mkdtempSync('/tmp/log-'), mkdtempSync('/tmp/etc-')];
  mkdirSync(join(rest, 'backups'));
  mkdirSync(join(rest, 'settings'));
  const secret = (file: string, text: string) => {
    const path = join(rest, 'settings', file);
    writeFileSync(path, `${text}\n`, { mode: 0o600 });
    return path;
  };
  const folders: readonly (readonly [string, string])[] = [
    ['/var/lib/dbsync', state],
    ['/var/log/dbsync', logs],
    ['/var/backups', join(rest, 'backups')],
    ['/etc/dbsync', join(rest, 'settings')],
  ];
  const operator = `${userInfo().username}@${name}`;
  const thisHost = new RegExp(`\\b${hostname().replaceAll('.', '\\.')}\\b`, 'g');
  return {
    state,
    serviceFile: join(rest, 'settings/CAMPAIGN.env'),
    variables: {
      DBSYNC_CAMPAIGN: 'CAMPAIGN',
      DBSYNC_TOKEN_FILE: secret('token', 'TOKEN'),
      DBSYNC_URL_FILE: secret('url', target ?? `sqlite:${join(state, 'copy.db')}`),
      DBSYNC_API_URL: apiUrl,
      DBSYNC_LOG_DIR: logs,
      DBSYNC_STATE_DIR: state,
    },
    real: (word) => folders.reduce((text, [page, here]) => text.replaceAll(page, here), word),
    shown: (output) =>
      folders
        .reduce((text, [page, here]) => text.replaceAll(here, page), output)
        .replaceAll(thisHost, name)
        .replaceAll(operator, `root@${name}`),
    [Symbol.dispose]: () => {
      for (const folder of [state, logs, rest]) rmSync(folder, { recursive: true, force: true });
    },
  };
}
