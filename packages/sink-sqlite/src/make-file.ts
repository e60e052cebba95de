import { closeSync, fchmodSync, openSync } from 'node:fs';
import { type OptionValue, SinkError } from '@dbsync/core/contract';

/** The owner may read and write; others may do nothing. */
const USUAL = '0600';

/** Matches modes in which the owner reads and writes, the group and others may too, and the file is not executable. */
const MODE = /^0?6[046]{2}$/;

/** Returns the permissions for a file that dbsync makes. @throws a fatal SinkError for a text that is no mode */
export function fileMode(option: OptionValue | undefined): number {
  const text = String(option ?? USUAL);
  if (MODE.test(text)) return Number.parseInt(text, 8);
  throw new SinkError(
    'SQLITE_OPTION_INVALID',
    'mode takes the permissions of the file in octal digits: 0600, or 0640 for readers of its group.',
    { verdict: 'fatal', outcome: 'not-committed' },
  );
}

/**
 * Makes the file before SQLite does, which would let others read its first bytes. SQLite gives `-wal` and `-shm` the
 * mode of the file. A file that exists keeps its mode. Where no file can be made, SQLite reports why when it opens it.
 */
export function makeFile(file: string, mode: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch {
    return;
  }
  try {
    // The mask of the process applies to `open`, and not here.
    if (process.platform !== 'win32') fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
