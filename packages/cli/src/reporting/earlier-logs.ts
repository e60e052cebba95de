import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { isLogOf, type LogName, logFolders } from './log-place.js';

/**
 * True where logs show an earlier run of this campaign and mode than the one that has just opened its own (R28). A run
 * that failed before it had a state does not count: its command was wrong, or its folder took no files.
 */
export function hasEarlierLogs(
  name: Omit<LogName, 'startedAt'>,
  directory: string | null,
  /** The logs of this process itself. */
  own: 0 | 1 = 1,
): boolean {
  const logs = logFolders(directory).flatMap((folder) => {
    try {
      const files = readdirSync(folder).filter((file) => isLogOf(name, file));
      return files.filter((file) => hasBegun(join(folder, file)));
    } catch {
      return [];
    }
  });
  return logs.length > own;
}

/** Far more bytes than a run writes before it begins. */
const HEAD_BYTES = 64 * 1024;

/**
 * True where the run of this log had a state. At a low log level no line says so: then each run that did not fail had
 * one.
 */
export function hasBegun(path: string): boolean {
  const lines = readHead(path).split('\n');
  const at = lines.findIndex((line) => BEGINNING.test(line));
  return at < 0 ? !lines.some((line) => FAILURE.test(line)) : !NO_PLACE.test(lines[at + 1] ?? '');
}

const BEGINNING = /^\S+ NOTICE +\S+ of campaign .* starts \(/;
const FAILURE = /^\S+ CRITICAL /;
const NO_PLACE = /^\S+ CRITICAL OUTBOX_CANNOT_OPEN:/;

/** Flags that neither follow a link nor wait for the writer of a pipe, which another user may have put there. */
const PLAIN_FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reads the beginning of a log. Empty where the file cannot be read: then its existence counts. */
function readHead(path: string): string {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const descriptor = openSync(path, PLAIN_FILE);
    const bytes = readSync(descriptor, head, 0, HEAD_BYTES, 0);
    closeSync(descriptor);
    return head.toString('utf8', 0, bytes);
  } catch {
    return '';
  }
}
