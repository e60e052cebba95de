import { SinkError } from '@dbsync/core/contract';
import { watchOpenFile } from '@dbsync/core/sink-kit';
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
  const watch = watchOpenFile(file);
  return {
    unreported() {
      const moved = watch.moved();
      if (moved === null) return null;
      return replaced(file, moved === 'removed' ? 'was removed' : 'was replaced by another file');
    },
    // Until it is opened again, every call would write into a file that has no name.
    reported() {},
    get mustReconnect() {
      return watch.moved() !== null;
    },
    removeLeftLog() {
      if (watch.moved() !== null) watch.removeLeftLog();
    },
  };
}

function replaced(file: string, what: string): SinkError {
  return new SinkError('SQLITE_FILE_REPLACED', `SQLite: ${file} ${what} while dbsync had it open`, {
    verdict: 'retryable',
    outcome: 'not-committed',
    connectionLost: true,
  });
}
