import { stat } from 'node:fs/promises';
import { commandToClose, isSinkError, type SinkNotice } from '@dbsync/core/contract';

/** A value that is made from files, and made again once one of them has changed. */
export interface KeptFiles<T> {
  /** Never fails: files that cannot be used leave the value as it was until they can, and that is told once. */
  current(): Promise<T>;
  /** Looks at the files at the next call, whatever the time: a delivery failed, and they may be why. */
  doubt(): void;
}

export interface KeptFilesOptions<T> {
  readonly paths: readonly string[];
  /** Throws a SinkError where the files cannot be used. */
  readonly read: () => Promise<T>;
  readonly notify: (notice: SinkNotice) => void;
  /** Tells that the value is a new one. */
  readonly changed: (value: T) => SinkNotice;
  /** Tells that the value has stayed, and why. */
  readonly kept: (why: string) => SinkNotice;
  /** How long the files are believed to be unchanged. Default: 2 s. */
  readonly recheckMs?: number;
}

/** So a renewed file is in use within seconds, and a delivery costs nothing. */
const RECHECK_MS = 2_000;

/** @throws what `read` throws for the files as they are now */
export async function openKeptFiles<T>(options: KeptFilesOptions<T>): Promise<KeptFiles<T>> {
  const { paths, read, notify, changed, kept, recheckMs = RECHECK_MS } = options;
  let stamp = await stampOf(paths);
  let value = await read();
  let checkedAt = performance.now();
  /** Why the files as they are now cannot be used; null: they can. */
  let trouble: string | null = null;
  let refreshing: Promise<void> | null = null;

  const refresh = async () => {
    checkedAt = performance.now();
    const found = await stampOf(paths);
    if (found === stamp && trouble === null) return;
    try {
      value = await read();
      if (found !== stamp) notify(changed(value));
      [stamp, trouble] = [found, null];
    } catch (error) {
      if (!isSinkError(error)) throw error;
      if (trouble !== `${found} ${error.message}`) notify(kept(error.message));
      trouble = `${found} ${error.message}`;
    }
  };
  return {
    current: async () => {
      if (performance.now() - checkedAt >= recheckMs) {
        refreshing ??= refresh().finally(() => {
          refreshing = null;
        });
      }
      await refreshing;
      return value;
    },
    doubt() {
      checkedAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** Differs when a file does, whether it was written anew or another took its place. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)));
  return stats.map((found) => (found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`)).join(', ');
}

/** Warns where others on this machine may use a file that holds secrets. */
export async function warnIfExposed(path: string, what: string, notify: (notice: SinkNotice) => void): Promise<void> {
  const command = commandToClose(path, await stat(path).catch(() => null));
  if (command === null) return;
  const message = `Others on this machine may read or change the file of ${what}. Take that away: ${command}`;
  notify({ level: 'warn', code: 'WEBHOOK_SECRETS_EXPOSED', message });
}
