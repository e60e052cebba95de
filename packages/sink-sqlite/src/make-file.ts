import { closeSync, fchmodSync, openSync } from 'node:fs';
import { type OptionValue, SinkError } from '@dbsync/core/contract';

/** Reads and writes for the owner, and nothing for others. */
const USUAL = '0600';

/** The owner reads and writes; the group and others may too, and nothing is executed. */
const MODE = /^0?6[046]{2}$/;

/** The permissions of a file that dbsync makes. @throws a fatal SinkError for a text that says none */
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
 * Makes the file before SQLite does, which would let others read its first bytes. SQLite gives `-wal` and `-shm` the mode of the file.
 * A file that exists keeps its mode. Where no file can be made, SQLite says why when it opens it.
 */
export function makeFile(file: string, mode: number): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch {
    return;
  }
  try {
    // The mask of the process counts for `open`, and not here.
    if (process.platform !== 'win32') fchmodSync(descriptor, mode);
  } finally {
    closeSync(descriptor);
  }
}
