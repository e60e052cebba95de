import { rmSync, statSync } from 'node:fs';

/** Notices that the file that a connection has open is no longer the one under its name. */
export interface StateFileWatch {
  /** null: it is in its place. */
  moved(): 'replaced' | 'removed' | null;
  /** Removes the log of a file that is not in its place: SQLite would play it into the one that is. */
  removeLeftLog(): void;
}

/** Made right after the file was opened. */
export function watchStateFile(file: string): StateFileWatch {
  const opened = identityOf(file);
  const logs = [`${file}-wal`, `${file}-shm`];
  let seenLogs = logs.map(identityOf);
  return {
    moved() {
      const now = identityOf(file);
      if (now !== opened) return now === null ? 'removed' : 'replaced';
      seenLogs = logs.map(identityOf);
      return null;
    },
    removeLeftLog() {
      for (const [index, log] of logs.entries()) {
        if (identityOf(log) !== null && identityOf(log) === seenLogs[index]) rmSync(log, { force: true });
      }
    },
  };
}

function identityOf(file: string): string | null {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : `${found.dev}:${found.ino}`;
}
