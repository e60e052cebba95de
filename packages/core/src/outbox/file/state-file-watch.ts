import { rmSync, statSync } from 'node:fs';

/** Notices that the open file is no longer the file under its name. */
export interface StateFileWatch {
  /** Returns null if the file is in its place. */
  moved(): 'replaced' | 'removed' | null;
  /**
   * Removes the log of an open file that is no longer in its place: SQLite would apply it to the file that has the name
   * now.
   */
  removeLeftLog(): void;
}

/** Starts watching. Call it right after the file was opened. */
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
