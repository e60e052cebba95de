import { rmSync, statSync } from 'node:fs';

/** Notices that the name of an open file now belongs to another file, or to none. */
export interface OpenFileWatch {
  /** Returns null if the file still has its name. */
  moved(): 'replaced' | 'removed' | null;
  /**
   * Removes the log that a file of SQLite left when it lost its name: SQLite would apply it to the file that has the name
   * now. Call it only after the file has lost its name.
   */
  removeLeftLog(): void;
}

/** Starts watching. Call it right after the file was opened. */
export function watchOpenFile(file: string): OpenFileWatch {
  const opened = identityOf(file);
  const logs = [`${file}-wal`, `${file}-shm`];
  let seenLogs = logs.map(identityOf);
  return {
    moved() {
      const now = identityOf(file);
      if (now !== opened) return now === null ? 'removed' : 'replaced';
      // SQLite keeps its log as long as any connection is open.
      if (seenLogs.includes(null)) seenLogs = logs.map(identityOf);
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
