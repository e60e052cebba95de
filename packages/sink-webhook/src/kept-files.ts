import { stat } from 'node:fs/promises';
import { isSinkError, type SinkNotice } from '@dbsync/core/contract';
import { commandToClose } from '@dbsync/core/sink-kit';

/** A value that is made from files, and made again once one of them has changed. */
export interface KeptFiles<T> {
  /**
   * Returns the current value. Never fails: if files cannot be used, the value stays as it was until they can, and that
   * is reported once.
   */
  current(): Promise<T>;
  /** Makes the next call look at the files, whatever the time: a delivery failed, and they may be the reason. */
  doubt(): void;
}

export interface KeptFilesOptions<T> {
  readonly paths: readonly string[];
  /** Reads the files. Throws a SinkError where they cannot be used. */
  readonly read: () => Promise<T>;
  readonly notify: (notice: SinkNotice) => void;
  /** Makes the notice of a new value. */
  readonly changed: (value: T) => SinkNotice;
  /** Makes the notice that the value has stayed, and why. */
  readonly kept: (why: string) => SinkNotice;
  /** The time for which the files count as unchanged. Default: 2 s. */
  readonly recheckMs?: number;
}

/** The default time between looks: a renewed file is in use within seconds, and a delivery costs nothing. */
const RECHECK_MS = 2_000;

/** Opens the files. @throws the error of `read` for the present files */
export async function openKeptFiles<T>(options: KeptFilesOptions<T>): Promise<KeptFiles<T>> {
  const { paths, read, notify, changed, kept, recheckMs = RECHECK_MS } = options;
  let stamp = await stampOf(paths);
  let value = await read();
  let checkedAt = performance.now();
  /** The reason why the present files cannot be used; null: they can. */
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

/** Returns a text that differs when a file does, whether it was written again or replaced. */
async function stampOf(paths: readonly string[]): Promise<string> {
  const stats = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)));
  return stats.map((found) => (found === null ? 'none' : `${found.ino} ${found.size} ${found.mtimeNs}`)).join(', ');
}

/** Warns where other users of this machine may use a file that holds secrets. */
export async function warnIfExposed(path: string, what: string, notify: (notice: SinkNotice) => void): Promise<void> {
  const command = commandToClose(path, await stat(path).catch(() => null));
  if (command === null) return;
  const message = `Other users of this machine may read or change the file of ${what}. To forbid it: ${command}`;
  notify({ level: 'warn', code: 'WEBHOOK_SECRETS_EXPOSED', message });
}
