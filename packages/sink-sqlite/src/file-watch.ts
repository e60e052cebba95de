import { rmSync, statSync } from 'node:fs';
import { SinkError } from '@dbsync/core/contract';
import type { SessionLosses } from '@dbsync/sql';

/** Notices that the name of an open file now belongs to another file, or to none. */
export interface FileWatch extends SessionLosses {
  /**
   * Removes the log that a file left when it lost its name: SQLite would play it into the file that has the name now.
   * Called when the connection is closed.
   */
  removeLeftLog(): void;
}

/** Watches a file. Called right after the file was opened. */
export function watchFile(file: string): FileWatch {
  const opened = identityOf(file);
  const logs = [`${file}-wal`, `${file}-shm`];
  let seenLogs = logs.map(identityOf);

  const isMoved = (): boolean => identityOf(file) !== opened;
  return {
    untold() {
      if (isMoved()) return replaced(file, identityOf(file) === null ? 'was removed' : 'was replaced by another file');
      seenLogs = logs.map(identityOf);
      return null;
    },
    // Until it is opened again, every call would write into a file that has no name.
    told() {},
    get mustReconnect() {
      return isMoved();
    },
    removeLeftLog() {
      if (!isMoved()) return;
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

function replaced(file: string, what: string): SinkError {
  return new SinkError('SQLITE_FILE_REPLACED', `SQLite: ${file} ${what} while dbsync had it open`, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
